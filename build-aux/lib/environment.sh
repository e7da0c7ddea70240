# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
#
# The build environment, sourced by build-aux/run, build-aux/test, build-aux/shell and build-aux/format.
#
# On Debian 13 or later the host's own packages are used. On anything older a private Debian 13 root is made once, kept in
# the user's cache folder, shared by every clone, and entered through bubblewrap (docs/decisions/0001).
#
# barua_environment_prepare           makes it ready: packages, or the private root
# barua_environment_exec COMMAND...   becomes COMMAND in it, in the present folder
#
# Settings: BARUA_CACHE (where the root lives), BARUA_FORCE_ROOT=1 (private root on Debian 13 too), BARUA_SHELL_BIND,
# BARUA_SHELL_HOME=own (the person's own home folder is visible).

barua_top=$(CDPATH='' cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd -P)
barua_cache=${BARUA_CACHE:-${XDG_CACHE_HOME:-${HOME:-/tmp/barua-home-$(id -u)}/.cache}/barua}
barua_packages=$barua_top/build-aux/packages.txt
barua_suite=trixie
barua_locales='de_DE te_IN bn_BD id_ID sw_TZ en_US'
# Raise it when the way a root is made changes.
barua_scheme=1
barua_keyring=/usr/share/keyrings/debian-archive-keyring.gpg
# A root that no clone entered for this long is removed when another one is made.
barua_root_kept_days=7
# What may be a locale of the environment; another language of the host becomes English.
barua_known_locale='^(C|C\.UTF-8|C\.utf8|POSIX|(de_DE|te_IN|bn_BD|id_ID|sw_TZ|en_US)(\.UTF-8|\.utf8)?)$'

if [ -t 2 ]; then
  barua_bold=$'\033[1m' barua_red=$'\033[1;31m' barua_plain=$'\033[0m'
else
  barua_bold='' barua_red='' barua_plain=''
fi
barua_say()  { printf '%s%s%s\n' "$barua_bold" "barua: $*" "$barua_plain" >&2; }
barua_die()  { printf '%s%s%s\n' "$barua_red" "barua: $*" "$barua_plain" >&2; exit 1; }

barua_list_packages() { sed 's/#.*//' "$barua_packages" | tr -s '[:space:]' '\n' | grep -v '^$'; }

# Whether the host itself is at or above the floor (Debian 13; testing and unstable have no number).
barua_host_is_floor() {
  [ "${BARUA_FORCE_ROOT:-}" = 1 ] && return 1
  [ -r /etc/os-release ] || return 1
  (
    # shellcheck disable=SC1091
    . /etc/os-release
    [ "${ID:-}" = debian ] && { [ -z "${VERSION_ID:-}" ] || [ "$VERSION_ID" -ge 13 ]; } 2>/dev/null
  )
}

# Long steps ---------------------------------------------------------------------------------------------------------

# barua_step WORDS REMEDY COMMAND...: runs COMMAND (a function too), its output in a log file; shows that it lives; on
# failure shows the end of the log, the name of the step and what to do.
barua_step() {
  local words=$1 remedy=$2 log pid rc start=$SECONDS shown=$SECONDS line job_control
  shift 2
  mkdir -p "$barua_cache/log"
  log=$barua_cache/log/$(printf '%s' "$words" | tr -c '[:alnum:]' '-').log
  barua_say "$words ..."
  case $- in *m*) job_control=1 ;; *) job_control=0; set -m ;; esac
  ( set +m; "$@" ) >"$log" 2>&1 </dev/null &
  pid=$!
  [ "$job_control" = 1 ] || set +m
  # A group of its own, so that an interrupt reaches all of it and none of it stays behind.
  # shellcheck disable=SC2064
  trap "kill -TERM -- -$pid 2>/dev/null; wait $pid 2>/dev/null; barua_say 'interrupted; the next run goes on from here'; exit 130" INT TERM HUP
  while kill -0 "$pid" 2>/dev/null; do
    sleep 0.5
    if [ $((SECONDS - shown)) -ge 10 ]; then
      shown=$SECONDS
      line=$(tail -c 4096 "$log" | tr '\r' '\n' | tr -cd '[:print:]\n' | grep -v '^ *$' | tail -n 1 | cut -c 1-90)
      printf '  %4d s  %s\n' $((SECONDS - start)) "$line" >&2
    fi
  done
  rc=0
  wait "$pid" || rc=$?
  trap - INT TERM HUP
  if [ "$rc" != 0 ]; then
    tail -n 25 "$log" | sed 's/^/    /' >&2
    barua_say "the whole log: $log"
    barua_die "this step did not work: $words. $remedy"
  fi
  barua_say "$words: done in $((SECONDS - start)) s"
}

# Packages of the host -----------------------------------------------------------------------------------------------

# Those of the names on standard input that are not installed.
barua_missing_packages() {
  local installed
  installed=$(dpkg-query -W -f '${Package} ${db:Status-Status}\n' 2>/dev/null | sed -n 's/ installed$//p' | LC_ALL=C sort -u)
  LC_ALL=C sort -u | LC_ALL=C comm -23 - <(printf '%s\n' "$installed")
}

# The words before a command that needs root: nothing, "sudo -n", or failure.
barua_become_root() {
  [ "$(id -u)" = 0 ] && return 0
  command -v sudo >/dev/null && sudo -n true 2>/dev/null && { echo 'sudo -n'; return 0; }
  return 1
}

barua_apt_install() {
  local sudo=$1
  shift
  # A mail server is wanted for its programs only: none may start by itself on the person's machine.
  if printf '%s\n' "$@" | grep -qx dovecot-core && [ -d /run/systemd/system ]; then
    echo 'keeping the system-wide Dovecot from starting (systemctl unmask dovecot.service dovecot.socket undoes it)'
    $sudo systemctl mask dovecot.service dovecot.socket || return 1
  fi
  $sudo env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=600 -o Acquire::Retries=3 update || return 1
  $sudo env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=600 -o Acquire::Retries=3 \
    --no-install-recommends install "$@"
}

# barua_need_packages WHAT PACKAGE...: installs what is missing, or names it.
barua_need_packages() {
  local what=$1 missing sudo
  shift
  mapfile -t missing < <(printf '%s\n' "$@" | barua_missing_packages)
  [ "${#missing[@]}" = 0 ] && return 0
  if ! sudo=$(barua_become_root); then
    barua_say "$what needs packages that only an administrator can install (${#missing[@]} of them). Once, please run:"
    printf '\n  sudo apt-get update && sudo apt-get install --no-install-recommends %s\n\n' "${missing[*]}" >&2
    barua_die "then run this again."
  fi
  barua_step "Installing ${#missing[@]} packages on this machine" \
    'See that apt-get update works on this machine (network, mirror, disk space), then run this again.' \
    barua_apt_install "$sudo" "${missing[@]}"
}

# The six languages, for a host whose own locales are fewer. Made without root, found through LOCPATH.
barua_host_locales() {
  local folder=$1 locale
  mkdir -p "$folder.partial"
  for locale in $barua_locales; do
    [ -d "$folder.partial/$locale.utf8" ] || localedef --no-archive -i "$locale" -f UTF-8 "$folder.partial/$locale.utf8" || return 1
  done
  mv "$folder.partial" "$folder"
}

# The private root ---------------------------------------------------------------------------------------------------

barua_root_name() {
  local hash
  hash=$({ barua_list_packages | LC_ALL=C sort; echo "$barua_locales $barua_scheme $(uname -m)"; } | sha256sum | cut -c 1-12)
  echo "$barua_suite-$hash"
}

# The archive that this machine's apt uses for Debian, else the one that mmdebstrap takes by itself.
barua_mirror() {
  local mirror
  # shellcheck disable=SC2016
  mirror=$(apt-get indextargets --format '$(SITE)' 2>/dev/null | grep -m 1 -E '^https?://[^ ]*/debian/?$')
  [ -n "$mirror" ] || mirror=$(grep -m 1 -o "https\?://[^'\" ]*/debian\>" "$(command -v mmdebstrap)")
  echo "${mirror%/}"
}

barua_sources() {
  local signed="[signed-by=$barua_keyring]" mirror
  mirror=$(barua_mirror)
  echo "deb $signed $mirror $barua_suite main"
  echo "deb $signed $mirror $barua_suite-updates main"
  echo "deb $signed $mirror-security $barua_suite-security main"
}

# Downloads every package file into the cache, going on where an earlier attempt stopped. apt of the host does it, with
# an empty system of its own in mind, so no root is needed.
barua_root_download() {
  local apt=$barua_cache/apt options
  mkdir -p "$apt/state/lists/partial" "$apt/cache/archives/partial"
  : >"$apt/status"
  barua_sources >"$apt/sources.list"
  options=(
    -q -o "Dir::State=$apt/state" -o "Dir::State::status=$apt/status" -o "Dir::Cache=$apt/cache"
    -o "Dir::Etc::SourceList=$apt/sources.list" -o Dir::Etc::SourceParts=- -o Dir::Etc::Preferences=/dev/null
    -o Dir::Etc::PreferencesParts=- -o APT::Sandbox::User= -o APT::Install-Recommends=false -o Acquire::Retries=3
    -o Acquire::Languages=none -o APT::Get::List-Cleanup=false
  )
  find "$apt/cache/archives" -maxdepth 1 -name '*.deb' -mtime +60 -delete
  apt-get "${options[@]}" update || return 1
  # shellcheck disable=SC2046
  apt-get "${options[@]}" -y --download-only install '?essential' apt $(barua_list_packages)
}

# Unpacks and configures them. Root: straight into the folder; anybody else: in a user namespace, as a tar archive.
barua_root_unpack() {
  local partial=$1 mode=unshare include target hook languages
  include=$(barua_list_packages | paste -sd,)
  languages="for l in $barua_locales; do chroot \"\$1\" localedef -i \$l -f UTF-8 \$l.UTF-8 || exit 1; done"
  # Files the host's own are laid over, and where they would otherwise be links or absent.
  hook="rm -f \"\$1/etc/resolv.conf\" && touch \"\$1/etc/resolv.conf\" \"\$1/etc/hosts\" && echo barua >\"\$1/etc/hostname\""
  local options=(
    --variant=apt --aptopt='APT::Install-Recommends "false"' --aptopt='Acquire::Retries "3"'
    --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt=force-unsafe-io
    --skip=download/empty --skip=essential/unlink
    --include="$include" --customize-hook="$languages" --customize-hook="$hook"
  )
  if [ "$(id -u)" = 0 ]; then
    mode=root
    options+=(--setup-hook="mkdir -p \"\$1/var/cache/apt/archives\" && for d in '$barua_cache'/apt/cache/archives/*.deb; do cp -l \"\$d\" \"\$1/var/cache/apt/archives/\" || exit 1; done")
    target=$partial
  else
    options+=(--setup-hook="mkdir -p \"\$1/var/cache/apt/archives\"" --setup-hook="sync-in '$barua_cache/apt/cache/archives' /var/cache/apt/archives")
    target=$partial.tar
    # Not in the home folder: the namespace's users may not look into it. Known by name, to be cleaned after a kill.
    export TMPDIR=$barua_scratch
  fi
  barua_sources | mmdebstrap --mode=$mode "${options[@]}" --format="$([ $mode = root ] && echo directory || echo tar)" \
    "$barua_suite" "$target" - || return 1
  [ "$mode" = root ] && return 0
  mkdir -p "$partial"
  tar --extract --file "$partial.tar" --directory "$partial" --exclude './dev/*' --no-same-owner || return 1
  rm -f "$partial.tar"
}

# Removes a folder of the cache, whoever owns what is in it.
barua_root_remove() {
  [ -e "$1" ] || return 0
  chmod -R u+rwX "$1" 2>/dev/null
  rm -rf --one-file-system "$1" 2>/dev/null || mmdebstrap --unshare-helper rm -rf "$1"
}

# Roots of older package lists that nobody is in and nobody entered lately.
barua_root_prune() {
  local root
  for root in "$barua_cache/$barua_suite"-????????????; do
    if [ ! -d "$root" ] || [ "$root" = "$barua_root" ]; then continue; fi
    [ -n "$(find "$root.used" -mtime -"$barua_root_kept_days" 2>/dev/null)" ] && continue
    (
      exec 8>>"$root.used"
      flock --exclusive --nonblock 8 || exit 0
      barua_say "removing an unused older root: ${root##*/}"
      barua_root_remove "$root"
      rm -f "$root.used"
    )
  done
}

barua_root_make() {
  local partial=$barua_root.partial leftover
  barua_need_packages 'The private Debian 13 root' mmdebstrap bubblewrap uidmap debian-archive-keyring
  [ "$(id -u)" = 0 ] || grep -qs "^$(id -un):" /etc/subuid ||
    barua_die "this account has no subordinate user ids. Once, please run: sudo usermod --add-subuids 100000-165535 --add-subgids 100000-165535 $(id -un)"
  barua_scratch=/var/tmp/barua-$(id -u)
  barua_say 'This machine is older than Debian 13: a private Debian 13 root is made once, about three minutes (kept in' "$barua_cache)"
  for leftover in "$barua_cache/$barua_suite"-*.partial "$barua_scratch"; do
    barua_root_remove "$leftover"
  done
  rm -f "$barua_cache/$barua_suite"-*.partial.tar
  mkdir -p "$barua_scratch" && chmod 755 "$barua_scratch"
  barua_step '1/2 Downloading Debian 13 packages' \
    'See that the Debian archive can be reached and that there is 1 GB of disk space, then run this again; it goes on where it stopped.' \
    barua_root_download
  barua_step '2/2 Unpacking and configuring them' \
    "See that there are 5 GB of disk space in $barua_cache and /var/tmp, then run this again; nothing is downloaded twice." \
    barua_root_unpack "$partial"
  rmdir "$barua_scratch" 2>/dev/null
  mv -T "$partial" "$barua_root"
  touch "$barua_root.used"
  barua_root_prune
}

# Entering -----------------------------------------------------------------------------------------------------------

barua_bwrap_works() {
  command -v bwrap >/dev/null && bwrap --unshare-user --uid 1000 --gid 1000 --dev-bind / / true 2>/dev/null
}

# The folders the caller's work needs, besides the clone itself; one a line, "rw" or "ro" before it.
barua_visible_folders() {
  local folder git
  if [ -d "$barua_top/../shared" ]; then echo "ro $(cd "$barua_top/../shared" && pwd -P)"; fi
  echo "rw $barua_top"
  if [ -f "$barua_top/.git" ]; then # a worktree: what it shares lies elsewhere
    git=$(sed -n 's/^gitdir: //p' "$barua_top/.git")
    case $git in /*) ;; *) git=$barua_top/$git ;; esac
    if [ -f "$git/commondir" ]; then git=$(cd "$git" && cd "$(cat commondir)" && pwd -P); fi
    if [ -d "$git" ]; then echo "rw $git"; fi
  fi
  printf '%s' "${BARUA_SHELL_BIND:-}" | tr ':' '\n' | while IFS= read -r folder || [ -n "$folder" ]; do
    [ -n "$folder" ] || continue
    [ -d "$folder" ] || { barua_say "BARUA_SHELL_BIND: there is no folder $folder"; continue; }
    echo "rw $(cd "$folder" && pwd -P)"
  done
  case $PWD/ in "$barua_top"/* | /tmp/*) ;; /) ;; *) echo "rw $(pwd -P)" ;; esac
}

# passwd and group with a name for the user inside, made from a base so that every uid has one.
barua_make_user_files() {
  local base=$1 uid=$2 gid=$3 home=$4 folder=$barua_cache/user-$2
  mkdir -p "$folder"
  { grep -v "^[^:]*:[^:]*:$uid:" "$base/etc/passwd"; echo "barua:x:$uid:$gid:Barua:$home:/bin/bash"; } >"$folder/passwd.$$"
  { grep -v "^[^:]*:[^:]*:$gid:" "$base/etc/group"; echo "barua:x:$gid:"; } >"$folder/group.$$"
  mv "$folder/passwd.$$" "$folder/passwd"
  mv "$folder/group.$$" "$folder/group"
  echo "$folder"
}

# Variables of the host that mean nothing, or the wrong thing, among other packages.
barua_clean_variables() {
  local name
  for name in LD_LIBRARY_PATH LD_PRELOAD LIBRARY_PATH CPATH PKG_CONFIG_PATH GI_TYPELIB_PATH PYTHONPATH PYTHONHOME PERL5LIB \
              GTK_MODULES GTK_PATH GTK_THEME GTK_EXE_PREFIX GIO_EXTRA_MODULES GIO_MODULE_DIR GDK_PIXBUF_MODULE_FILE \
              GSETTINGS_SCHEMA_DIR XDG_DATA_DIRS XDG_CONFIG_DIRS LOCPATH CC CXX BASH_ENV; do
    unset "$name"
  done
  for name in LANG LC_ALL LC_CTYPE LC_MESSAGES LC_TIME LC_NUMERIC LC_COLLATE LC_MONETARY LANGUAGE; do
    [ -z "${!name:-}" ] || [ "$name" = LANGUAGE ] || [[ ${!name} =~ $barua_known_locale ]] || unset "$name"
  done
  : "${LANG:=en_US.UTF-8}"
  export LANG
}

barua_set_variables() {
  export BARUA_ENVIRONMENT=$1
  export BARUA_TOP=$barua_top
  export PATH=$barua_top/build-aux/lib/bin:/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin
  export PYTHONDONTWRITEBYTECODE=1
  # The clone may belong to another user of the host than the one inside.
  export GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=safe.directory GIT_CONFIG_VALUE_0='*'
}

# The private root; also, for root on Debian 13, the host itself: programs that refuse to be root, or behave differently
# (Dovecot, WebKit's sandbox), run as user 1000 in a user namespace, everywhere alike.
barua_exec_bwrap() {
  local root=$1 uid gid home entry name mode folder args=() run user
  shift
  uid=$(id -u) gid=$(id -g)
  [ "$uid" != 0 ] || { uid=1000; gid=1000; }
  home=/home/barua
  run=/run/user/$uid
  mkdir -p "$barua_cache/home"
  user=$(barua_make_user_files "$root" "$uid" "$gid" "$home")
  args=(--unshare-user --uid "$uid" --gid "$gid" --die-with-parent)

  if [ "$root" = / ]; then
    args+=(--dev-bind / / --tmpfs /home --tmpfs /run/user)
  else
    args+=(--tmpfs /)
    for entry in "$root"/*; do
      name=/${entry##*/}
      case $name in /bin | /etc | /lib* | /sbin | /usr | /var) ;; *) continue ;; esac
      if [ -L "$entry" ]; then
        args+=(--symlink "$(readlink "$entry")" "$name")
      else
        args+=(--ro-bind "$entry" "$name")
      fi
    done
    # The host's /proc as it is: with a fresh one a nested bubblewrap, which is WebKit's own sandbox, is refused.
    args+=(--dev /dev --dev-bind /proc /proc --ro-bind /sys /sys --bind /tmp /tmp --tmpfs /run --bind /var/tmp /var/tmp)
    [ -d /dev/dri ] && args+=(--dev-bind /dev/dri /dev/dri)
    args+=(--perms 1777 --tmpfs /dev/shm)
    for name in /etc/resolv.conf /etc/hosts /etc/ssl/certs/ca-certificates.crt; do
      if [ -e "$name" ] && [ -e "$root$name" ]; then args+=(--ro-bind "$(readlink -f "$name")" "$name"); fi
    done
  fi
  args+=(--ro-bind "$user/passwd" /etc/passwd --ro-bind "$user/group" /etc/group)
  args+=(--bind "$barua_cache/home" "$home" --perms 0700 --dir "$run")
  if [ "${BARUA_SHELL_HOME:-}" = own ]; then
    args+=(--bind "$HOME" "$HOME")
    home=$HOME
  else
    unset XDG_CONFIG_HOME XDG_DATA_HOME XDG_CACHE_HOME XDG_STATE_HOME
  fi

  while read -r mode folder; do
    # A place below one of the root's own folders needs its mount point there.
    case $folder in
      /etc/* | /usr/* | /var/*) [ "$root" = / ] || mkdir -p "$root$folder" ;;
    esac
    if [ "$mode" = rw ]; then args+=(--bind "$folder" "$folder"); else args+=(--ro-bind "$folder" "$folder"); fi
  done < <(barua_visible_folders)

  # The desktop, where there is one.
  if [ -n "${WAYLAND_DISPLAY:-}" ] && [ -n "${XDG_RUNTIME_DIR:-}" ] && [ -S "$XDG_RUNTIME_DIR/${WAYLAND_DISPLAY##*/}" ]; then
    args+=(--ro-bind "$XDG_RUNTIME_DIR/${WAYLAND_DISPLAY##*/}" "$run/${WAYLAND_DISPLAY##*/}")
    export WAYLAND_DISPLAY=${WAYLAND_DISPLAY##*/}
  else
    unset WAYLAND_DISPLAY
  fi
  if [ -n "${XAUTHORITY:-}" ] && [ -f "$XAUTHORITY" ]; then
    args+=(--ro-bind "$XAUTHORITY" "$run/Xauthority" --setenv XAUTHORITY "$run/Xauthority")
  elif [ -f "${HOME:-/nonexistent}/.Xauthority" ]; then
    args+=(--ro-bind "$HOME/.Xauthority" "$run/Xauthority" --setenv XAUTHORITY "$run/Xauthority")
  fi
  case ${DBUS_SESSION_BUS_ADDRESS:-} in
    unix:path=*)
      entry=${DBUS_SESSION_BUS_ADDRESS#unix:path=}
      entry=${entry%%[,;]*}
      if [ -S "$entry" ]; then
        args+=(--ro-bind "$entry" "$run/bus")
        export DBUS_SESSION_BUS_ADDRESS=unix:path=$run/bus
      else
        unset DBUS_SESSION_BUS_ADDRESS
      fi
      ;;
  esac

  if [ -z "${TZ:-}" ] && [ -L /etc/localtime ]; then
    TZ=$(readlink -f /etc/localtime)
    export TZ=:${TZ#*/zoneinfo/}
  fi
  barua_clean_variables
  barua_set_variables "$([ "$root" = / ] && echo host || echo "${root##*/}")"
  export HOME=$home XDG_RUNTIME_DIR=$run USER=barua LOGNAME=barua
  exec bwrap "${args[@]}" --chdir "$(pwd -P)" -- "$@"
}

# Public -------------------------------------------------------------------------------------------------------------

barua_environment_prepare() {
  local packages
  [ -n "${BARUA_ENVIRONMENT:-}" ] && return 0
  umask 022
  mkdir -p "$barua_cache" || barua_die "the folder $barua_cache can't be made. Set BARUA_CACHE to one that can."
  exec 9>"$barua_cache/lock"
  if ! flock --nonblock 9; then
    barua_say 'another clone is preparing the build environment; waiting for it'
    flock 9
  fi
  if barua_host_is_floor; then
    mapfile -t packages < <(barua_list_packages)
    barua_need_packages Barua "${packages[@]}"
    barua_locale_folder=$barua_cache/locales-$(dpkg-query -W -f '${Version}' libc-bin | tr -c '[:alnum:]' '-')
    [ -d "$barua_locale_folder" ] || barua_step 'Making the locales of the six languages' \
      'See that the package "locales" is whole (apt-get install --reinstall locales), then run this again.' \
      barua_host_locales "$barua_locale_folder"
  else
    barua_root=$barua_cache/$(barua_root_name)
    [ -d "$barua_root" ] || barua_root_make
    command -v bwrap >/dev/null || barua_need_packages 'The private Debian 13 root' bubblewrap
  fi
  exec 9>&-
}

barua_environment_exec() {
  if [ -n "${BARUA_ENVIRONMENT:-}" ]; then
    exec "$@"
  fi
  if barua_host_is_floor; then
    export LOCPATH=$barua_locale_folder
    if [ "$(id -u)" = 0 ]; then
      if barua_bwrap_works; then
        barua_exec_host_as_user "$@"
      fi
      barua_say 'user namespaces are closed here, so everything runs as root; tests of Dovecot and WebKit may not work'
    fi
    barua_set_variables host
    exec "$@"
  fi
  barua_bwrap_works ||
    barua_die 'bubblewrap can make no user namespace here, which the private Debian 13 root needs. On a container, allow user namespaces; on a machine, see that sysctl user.max_user_namespaces is above 0.'
  touch "$barua_root.used"
  # Shared for as long as anything runs in it: a root in use is never removed.
  exec 7>>"$barua_root.used"
  flock --shared 7
  barua_exec_bwrap "$barua_root" "$@"
}

barua_exec_host_as_user() {
  local keep=$LOCPATH
  barua_exec_bwrap / env "LOCPATH=$keep" "$@"
}
