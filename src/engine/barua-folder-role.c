/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-folder-role.h"

#include <string.h>

/* Names in lower case, NFC, one space between words. What the six languages of Barua, the big providers, Exchange and other
 * mail programs create by themselves. Roles come from names only where no server said anything better. */
static const struct
{
  BaruaRole   role;
  const char *names; /* separated by "|" */
} role_names[] = {
  { BARUA_ROLE_DRAFTS,
    "drafts|draft|entwürfe|entwurf|brouillons|borradores|bozze|rascunhos|concepten|utkast|kladder|luonnokset|"
    "wersje robocze|szkice|koncepty|rozepsané|piszkozatok|ciorne|schițe|πρόχειρα|черновики|чернетки|чернови|taslaklar|"
    "rasimu|draf|konsep|খসড়া|খসড়া|চিত্তপ্রতি|చిత్తుప్రతులు|ప్రతులు|ड्राफ़्ट|प्रारूप|வரைவுகள்|下書き|草稿|草稿箱|草稿夾|임시 보관함|"
    "임시보관함|טיוטות|مسودات|المسودات|bản nháp|ฉบับร่าง|nacrti|skice|juodraščiai|melnraksti|mustandid|zirriborroak|"
    "esborranys|drög|černovky|osnutki" },
  { BARUA_ROLE_SENT,
    "sent|sent items|sent mail|sent messages|sent-mail|sentmail|outgoing|gesendet|gesendete objekte|gesendete elemente|"
    "gesendete nachrichten|gesendete|éléments envoyés|messages envoyés|envoyés|courrier envoyé|objets envoyés|"
    "enviados|elementos enviados|mensajes enviados|correo enviado|itens enviados|mensagens enviadas|posta inviata|"
    "inviata|inviati|elementi inviati|messaggi inviati|verzonden|verzonden items|verzonden berichten|skickat|"
    "skickade objekt|skickade|sendte elementer|sendt|sendt post|sendte meddelelser|lähetetyt|lähetetyt viestit|"
    "wysłane|elementy wysłane|wysłana|odeslaná pošta|odeslané|odoslaná pošta|odoslané|elküldött elemek|elküldött|"
    "elküldött levelek|trimise|elemente trimise|mesaje trimise|απεσταλμένα|отправленные|отправленные элементы|"
    "надіслані|надіслані елементи|изпратени|gönderilmiş öğeler|gönderilenler|gönderilmiş|zilizotumwa|"
    "barua zilizotumwa|terkirim|item terkirim|pesan terkirim|পাঠানো|প্রেরিত|পাঠানো আইটেম|পাঠানো মেল|పంపినవి|పంపిన అంశాలు|"
    "పంపబడినవి|पाठवलेले|भेजे गए|भेजे गए आइटम|அனுப்பியவை|送信済み|送信済みアイテム|送信済みトレイ|送信済みメール|已发送|已发送邮件|"
    "已傳送|寄件備份|寄件匣備份|已寄郵件|보낸 편지함|보낸편지함|보낸 메일함|נשלחו|דואר יוצא שנשלח|פריטים שנשלחו|البريد المرسل|"
    "العناصر المرسلة|المرسلة|đã gửi|thư đã gửi|ส่งแล้ว|จดหมายที่ถูกส่ง|poslano|poslane stavke|poslato|išsiųsta|nosūtītie|"
    "saadetud|bidalita|enviats|elements enviats|send" },
  { BARUA_ROLE_ARCHIVE,
    "archive|archives|archived|archiv|archief|archivo|archivio|archivos|arquivo|arquivos|arquivar|arkiv|arkisto|"
    "archiwum|archív|archívum|archivált|arhivă|arhiva|arhiv|αρχειοθέτηση|αρχείο|архив|архів|arşiv|kumbukumbu|nyaraka|"
    "arsip|আর্কাইভ|সংরক্ষণাগার|ఆర్కైవ్|आर्काइव|संग्रह|காப்பகம்|アーカイブ|存档|归档|封存|보관|보관함|보관 편지함|ארכיון|أرشيف|الأرشيف|"
    "lưu trữ|เก็บถาวร|archyvas|arhīvs|arhiiv|artxiboa|arxiu" },
  { BARUA_ROLE_JUNK,
    "junk|junk email|junk e-mail|junk-e-mail|junk mail|spam|bulk mail|bulk|spamverdacht|spam-verdacht|junk-mail|unerwünscht|"
    "courrier indésirable|indésirables|pourriel|pourriels|correo no deseado|no deseado|lixo eletrônico|"
    "lixo eletrónico|correio de lixo|e-mail de lixo|posta indesiderata|indesiderata|ongewenste e-mail|ongewenst|"
    "skräppost|søppelpost|uønsket e-mail|uønsket post|uønsket|roskaposti|wiadomości-śmieci|wiadomości śmieci|niechciane|"
    "nevyžádaná pošta|nevyžádané|nevyžiadaná pošta|levélszemét|mesaje nedorite|e-mail nedorit|ανεπιθύμητη αλληλογραφία|"
    "ανεπιθύμητα|нежелательная почта|спам|небажана пошта|нежелана поща|önemsiz e-posta|önemsiz|istenmeyen|taka|"
    "barua taka|email sampah|surat sampah|স্প্যাম|জাঙ্ক|জাঙ্ক ইমেইল|স্প్యామ్|స్పామ్|జంక్|జంక్ ఇమెయిల్|स्पैम|जंक|जंक ई-मेल|"
    "குப்பை|迷惑メール|垃圾邮件|垃圾郵件|垃圾信件|정크 메일|스팸|스팸 편지함|스팸메일함|דואר זבל|ספאם|البريد غير الهام|"
    "البريد العشوائي|thư rác|อีเมลขยะ|จดหมายขยะ|neželjena pošta|neželena pošta|brukalas|mēstules|rämpspost|"
    "correu brossa|correu no desitjat" },
  { BARUA_ROLE_TRASH,
    "trash|deleted|deleted items|deleted messages|deleted mail|trash can|bin|wastebasket|papierkorb|gelöscht|"
    "gelöschte objekte|gelöschte elemente|gelöschte nachrichten|corbeille|éléments supprimés|messages supprimés|"
    "objets supprimés|papelera|papelera de reciclaje|elementos eliminados|eliminados|mensajes eliminados|lixeira|lixo|"
    "itens excluídos|itens eliminados|mensagens excluídas|cestino|posta eliminata|elementi eliminati|eliminati|"
    "messaggi eliminati|prullenbak|prullenmand|verwijderde items|verwijderde berichten|verwijderd|papperskorg|papperskorgen|"
    "borttaget|borttagna objekt|papirkurv|papirkurven|slettede elementer|slettet post|slettet|slettede meddelelser|roskakori|"
    "poistetut|poistetut viestit|kosz|elementy usunięte|usunięte|koš|odstraněná pošta|odstraněné|kôš|odstránená pošta|"
    "kuka|törölt elemek|törölt|lomtár|coș de gunoi|gunoi|elemente șterse|mesaje șterse|κάδος|διαγραμμένα|"
    "κάδος απορριμμάτων|корзина|удаленные|удалённые|удаленные элементы|кошик|видалені|видалені елементи|кошче|изтрити|"
    "çöp|çöp kutusu|silinmiş öğeler|silinmiş|tupio|takataka|vilivyofutwa|zilizofutwa|sampah|tong sampah|item terhapus|"
    "kotak sampah|ট্র্যাশ|আবর্জনা|মুছে ফেলা|মুছে ফেলা আইটেম|ট্রাশ|ట్రాష్|చెత్త|తొలగించిన అంశాలు|తొలగించినవి|कचरा|ट्रैश|हटाए गए आइटम|"
    "रद्दी|குப்பைத்தொட்டி|ごみ箱|ゴミ箱|削除済みアイテム|削除済み|已删除|已删除邮件|废件箱|刪除的郵件|垃圾桶|已刪除的郵件|휴지통|지운 편지함|지운편지함|"
    "삭제된 항목|אשפה|פריטים שנמחקו|المهملات|سلة المهملات|العناصر المحذوفة|المحذوفة|thùng rác|đã xóa|ถังขยะ|รายการที่ลบ|"
    "smeće|izbrisane stavke|koš za smeti|šiukšlinė|miskaste|prügikast|zakarrontzia|paperera|elements suprimits" },
  { BARUA_ROLE_ALL, "all mail|alle nachrichten" },
};

/* Exchange shows what is not mail at all as selectable folders (PROTOCOLS 2.2, 2). */
static const char *const plumbing_names =
  "calendar|contacts|journal|notes|tasks|conversation history|sync issues|outbox|rss feeds|rss subscriptions|"
  "suggested contacts|quick step settings|conversation action settings|conflicts|local failures|server failures|"
  "working set|files|yammer root|social activity notifications|external contacts|"
  "kalender|kontakte|notizen|aufgaben|verlauf der unterhaltung|aufgezeichnete unterhaltungen|synchronisierungsprobleme|"
  "postausgang|rss-feeds|rss-abonnements|"
  "calendrier|contacts|notes|tâches|historique des conversations|problèmes de synchronisation|boîte d'envoi|flux rss|"
  "calendario|contactos|diario|notas|tareas|historial de conversaciones|problemas de sincronización|bandeja de salida|"
  "fuentes rss|contatti|attività|cronologia conversazioni|problemi di sincronizzazione|posta in uscita|note|"
  "calendário|contatos|diário|anotações|tarefas|histórico de conversa|caixa de saída|"
  "agenda|contactpersonen|logboek|notities|taken|gespreksgeschiedenis|synchronisatieproblemen|postvak uit|"
  "kalender|kontakter|anteckningar|uppgifter|konversationshistorik|utkorgen|noter|opgaver|udbakke|oppgaver|utboks|"
  "kalenteri|yhteystiedot|muistiinpanot|tehtävät|lähtevät|"
  "kalendarz|kontakty|dziennik|notatki|zadania|historia konwersacji|skrzynka nadawcza|"
  "kalendář|deník|poznámky|úkoly|pošta k odeslání|naptár|névjegyzék|feladatok|postázandó üzenetek|"
  "calendar|contacte|jurnal|note|activități|mesaje de expediat|"
  "ημερολόγιο|επαφές|σημειώσεις|εργασίες|εξερχόμενα|"
  "календарь|контакты|дневник|заметки|задачи|журнал бесед|исходящие|календар|контакти|нотатки|завдання|вихідні|"
  "takvim|kişiler|günlük|notlar|görevler|giden kutusu|"
  "kalenda|anwani|majukumu|kisanduku toezi|kontak|catatan|tugas|kotak keluar|"
  "ক্যালেন্ডার|পরিচিতি|নোট|কার্য|আউটবক্স|క్యాలెండర్|పరిచయాలు|గమనికలు|విధులు|అవుట్‌బాక్స్|"
  "予定表|連絡先|履歴|メモ|仕事|タスク|送信トレイ|会話の履歴|日历|联系人|日记|便笺|任务|发件箱|对话历史记录|行事曆|連絡人|記事|工作|寄件匣|일정|연락처|업무일지|메모|작업|보낼 편지함";

static char *
normal_form (const char *name)
{
  g_autofree char *composed = g_utf8_normalize (name, -1, G_NORMALIZE_DEFAULT_COMPOSE);
  g_autofree char *lower = composed != NULL ? g_utf8_strdown (composed, -1) : g_strdup (name);
  GString *text = g_string_sized_new (strlen (lower));
  gboolean space = FALSE;

  for (const char *p = lower; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (g_unichar_isspace (c) || c == '_')
        {
          space = text->len > 0;
          continue;
        }
      if (space)
        g_string_append_c (text, ' ');
      space = FALSE;
      g_string_append_unichar (text, c);
    }
  return g_string_free (text, FALSE);
}

static void
add_names (GHashTable *table,
           const char *names,
           BaruaRole   role)
{
  g_auto(GStrv) list = g_strsplit (names, "|", -1);

  for (guint i = 0; list[i] != NULL; i++)
    {
      char *key = normal_form (list[i]);

      if (g_hash_table_contains (table, key))
        g_free (key);
      else
        g_hash_table_insert (table, key, GINT_TO_POINTER (role));
    }
}

static GHashTable *
get_table (gboolean exchange)
{
  static GHashTable *tables[2];
  static gsize once;

  if (g_once_init_enter (&once))
    {
      for (guint i = 0; i < 2; i++)
        {
          tables[i] = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
          for (guint j = 0; j < G_N_ELEMENTS (role_names); j++)
            add_names (tables[i], role_names[j].names, role_names[j].role);
        }
      add_names (tables[1], plumbing_names, BARUA_ROLE_NOT_MAIL);
      g_once_init_leave (&once, 1);
    }
  return tables[exchange ? 1 : 0];
}

BaruaRole
barua_folder_role_from_name (const char *leaf,
                             gboolean    exchange)
{
  g_autofree char *key = NULL;

  if (!g_utf8_validate (leaf, -1, NULL))
    return BARUA_ROLE_NONE;
  key = normal_form (leaf);
  return GPOINTER_TO_INT (g_hash_table_lookup (get_table (exchange), key));
}

static gboolean
is_unique (BaruaRole role)
{
  return role >= BARUA_ROLE_DRAFTS && role <= BARUA_ROLE_TRASH;
}

/* Lower is better. The person's choice counts only where the server said nothing of that folder. */
static guint
get_rank (const BaruaRoleCandidate *candidate,
          BaruaRole                 role,
          BaruaRole                 named)
{
  if (candidate->told != BARUA_ROLE_NONE)
    return candidate->told == role ? candidate->depth : G_MAXUINT;
  if (candidate->chosen == role)
    return 1000 + candidate->depth;
  return named == role ? 2000 + candidate->depth : G_MAXUINT;
}

static void
assign_unique (BaruaRoleCandidate *candidates,
               guint               n_candidates,
               const BaruaRole    *named,
               BaruaRole           role)
{
  guint best = G_MAXUINT;
  guint best_rank = G_MAXUINT;

  for (guint i = 0; i < n_candidates; i++)
    {
      guint rank;

      if (candidates[i].role != BARUA_ROLE_NONE || !candidates[i].selectable)
        continue;
      rank = get_rank (&candidates[i], role, named[i]);
      if (rank < best_rank)
        {
          best = i;
          best_rank = rank;
        }
    }
  if (best != G_MAXUINT)
    candidates[best].role = role;
}

static void
hide_below (BaruaRoleCandidate *candidates,
            guint               n_candidates,
            guint               top)
{
  gsize length = strlen (candidates[top].server_name);

  for (guint i = 0; i < n_candidates; i++)
    if (candidates[i].role == BARUA_ROLE_NONE && candidates[i].delimiter != '\0' &&
        strncmp (candidates[i].server_name, candidates[top].server_name, length) == 0 &&
        candidates[i].server_name[length] == candidates[i].delimiter)
      candidates[i].role = BARUA_ROLE_NOT_MAIL;
}

void
barua_folder_roles_assign (BaruaRoleCandidate *candidates,
                           guint               n_candidates,
                           gboolean            exchange)
{
  g_autofree BaruaRole *named = g_new0 (BaruaRole, n_candidates + 1);

  for (guint i = 0; i < n_candidates; i++)
    {
      BaruaRoleCandidate *candidate = &candidates[i];
      BaruaRole told = candidate->told;

      candidate->role = BARUA_ROLE_NONE;
      /* Names deep in a tree ("Projects/2019/Archive") mean what their owner means by them. */
      if (candidate->depth <= 1)
        named[i] = barua_folder_role_from_name (candidate->leaf, exchange);
      if (candidate->is_inbox)
        candidate->role = BARUA_ROLE_INBOX;
      else if (told != BARUA_ROLE_NONE && told != BARUA_ROLE_INBOX && !is_unique (told))
        candidate->role = told;
      else if (told == BARUA_ROLE_NONE && candidate->chosen == BARUA_ROLE_NONE && named[i] == BARUA_ROLE_NOT_MAIL)
        candidate->role = BARUA_ROLE_NOT_MAIL;
    }
  for (guint role = BARUA_ROLE_DRAFTS; role <= BARUA_ROLE_TRASH; role++)
    assign_unique (candidates, n_candidates, named, role);
  for (guint i = 0; i < n_candidates; i++)
    if (candidates[i].role == BARUA_ROLE_NOT_MAIL)
      hide_below (candidates, n_candidates, i);
}
