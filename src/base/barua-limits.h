/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Every number that bounds or times something, in one place (DESIGN, THREATS 3.1 T-15 and 3.2).
 *
 * Sizes are bytes unless the name says otherwise. A limit is inclusive: a value equal to it is accepted, the next one is
 * refused; tests stand on both sides of each.
 */

/* Answers of servers ----------------------------------------------------------------------------------------------- */

/* A line of a server's answer without its literals, before the tag or status is known. */
#define BARUA_LIMIT_IMAP_LINE_BYTES            (64u * 1024u)
/* A FETCH answer without literals (Exchange sends whole BODYSTRUCTUREs inline). */
#define BARUA_LIMIT_IMAP_FETCH_LINE_BYTES      (1024u * 1024u)
/* One literal that is kept in memory: header blocks, names, small sections. */
#define BARUA_LIMIT_IMAP_LITERAL_BYTES         (1024u * 1024u)
/* A literal outside FETCH, LIST and ESEARCH (RFC 9051 needs none that is large). */
#define BARUA_LIMIT_IMAP_SMALL_LITERAL_BYTES   (4u * 1024u)
/* One literal that is handed on piecemeal (message bodies). */
#define BARUA_LIMIT_IMAP_BODY_BYTES            (256ull * 1024u * 1024u)
/* Literals of message bodies longer than this are handed on piecemeal at once. */
#define BARUA_LIMIT_IMAP_STREAM_BYTES          (256u * 1024u)
/* All that is kept of one response, literals included. */
#define BARUA_LIMIT_IMAP_RESPONSE_BYTES        (16u * 1024u * 1024u)
/* A SEARCH, SORT, THREAD, ESEARCH or VANISHED answer: a million numbers on a server without ESEARCH. */
#define BARUA_LIMIT_IMAP_NUMBERS_LINE_BYTES    (12u * 1024u * 1024u)
/* Capability words without a meaning to us that are remembered. */
#define BARUA_LIMIT_IMAP_UNKNOWN_CAPABILITIES  256u
/* LITERAL-: what may be sent without waiting (RFC 7888, 5). */
#define BARUA_LIMIT_IMAP_LITERAL_MINUS_BYTES   4096u
#define BARUA_LIMIT_IMAP_TOKENS                1000000u
#define BARUA_LIMIT_IMAP_DEPTH                 100u
#define BARUA_LIMIT_IMAP_RESPONSE_TEXT_BYTES   1024u
/* Ranges in one UID set; a set is never expanded. */
#define BARUA_LIMIT_ID_SET_RANGES              1000000u
/* What one command line may hold; longer UID sets are cut into several commands (PROTOCOLS 2.7). */
#define BARUA_LIMIT_IMAP_COMMAND_BYTES         8000u
#define BARUA_LIMIT_INFLATE_RATIO              1032u
#define BARUA_LIMIT_FOLDERS                    50000u
#define BARUA_LIMIT_FOLDER_DEPTH               64u
#define BARUA_LIMIT_FOLDER_NAME_BYTES          4096u
#define BARUA_LIMIT_SCRAM_ITERATIONS           1000000u
#define BARUA_LIMIT_SERVER_TEXT_CHARS          200u

/* Messages --------------------------------------------------------------------------------------------------------- */

#define BARUA_LIMIT_HEADER_BLOCK_BYTES         (1024u * 1024u)
/* GMime 3.2.15 overflows its stack on nested groups (THREATS 1.3): bounded before it sees a message. */
#define BARUA_LIMIT_ADDRESS_HEADER_BYTES       (64u * 1024u)
#define BARUA_LIMIT_ADDRESS_GROUP_DEPTH        8u
/* Colons of one address field, quoted ones included. */
#define BARUA_LIMIT_ADDRESS_COLONS             512u
#define BARUA_LIMIT_ADDRESSES                  100000u
#define BARUA_LIMIT_REFERENCES                 100u
#define BARUA_LIMIT_MESSAGE_ID_BYTES           998u
#define BARUA_LIMIT_SUBJECT_BYTES              2048u
#define BARUA_LIMIT_DISPLAY_NAME_BYTES         512u
#define BARUA_LIMIT_PARTS                      1000u
#define BARUA_LIMIT_PART_DEPTH                 32u
#define BARUA_LIMIT_MESSAGE_BYTES              (256ull * 1024u * 1024u)
#define BARUA_LIMIT_TEXT_BYTES                 (2u * 1024u * 1024u)
#define BARUA_LIMIT_HTML_BYTES                 (5u * 1024u * 1024u)
#define BARUA_LIMIT_HTML_DEPTH                 512u
/* All texts of one message together. */
#define BARUA_LIMIT_TEXTS_BYTES                (8u * 1024u * 1024u)
/* Distinct remote or inline pictures of one HTML text; further ones are left out. */
#define BARUA_LIMIT_HTML_PICTURES              1000u
#define BARUA_LIMIT_HTML_DATA_BYTES            (2u * 1024u * 1024u)
/* What the sanitiser may add by opening cut-off formatting elements again. */
#define BARUA_LIMIT_HTML_REOPENED_BYTES        (256u * 1024u)
#define BARUA_LIMIT_URL_BYTES                  (16u * 1024u)
/* Header fields kept of a message. */
#define BARUA_LIMIT_HEADERS                    1000u
#define BARUA_LIMIT_CHARSET_NAME_BYTES         40u
#define BARUA_LIMIT_PREVIEW_CHARS              256u
#define BARUA_LIMIT_FILE_NAME_BYTES            200u
#define BARUA_LIMIT_WARNINGS                   64u

/* Times ------------------------------------------------------------------------------------------------------------ */

#define BARUA_TIMEOUT_CONNECT_SECONDS          20
#define BARUA_TIMEOUT_TLS_SECONDS              20
#define BARUA_TIMEOUT_GREETING_SECONDS         30
#define BARUA_TIMEOUT_READ_SECONDS             60
#define BARUA_TIMEOUT_IDLE_RENEW_SECONDS       (9 * 60)
#define BARUA_TIMEOUT_POLL_SECONDS             (5 * 60)
#define BARUA_BACKOFF_FIRST_MS                 1000
#define BARUA_BACKOFF_LAST_MS                  (15 * 60 * 1000)
#define BARUA_TIMEOUT_PASSWORD_COMMAND_SECONDS 30

/* Work ------------------------------------------------------------------------------------------------------------- */

/* Bytes handed to a parser in one turn of the main loop. */
#define BARUA_SLICE_BYTES                      (64u * 1024u)
/* A batch of the writer is cut when it has taken this long. */
#define BARUA_SLICE_WRITE_MS                   8
#define BARUA_PAGE_ROWS                        64u
#define BARUA_PAGES_KEPT                       16u
/* The first rows of a list, shown before its whole order is read: more than a list view asks for in its first frame. */
#define BARUA_SPINE_FIRST_ROWS                 256u
/* A list that must be read again for a change is not read again more often than this, nor more than a fifth of the time. */
/* Between two times that more than a page of rows comes into a list. */
#define BARUA_SPINE_BULK_MS                    200
#define BARUA_SPINE_AGAIN_MS                   100
/* Rows that come into a list are read before they are shown, unless that takes longer. */
#define BARUA_SPINE_PREPARE_MS                 30
/* Runs by which a list becomes what was read; where there are more differences, neighbours are told together. */
#define BARUA_SPINE_RUNS                       200u
/* Results of one search, the newest ones. */
#define BARUA_LIMIT_SEARCH_HITS                50000u
/* Messages of one conversation that are counted and shown, the newest ones. */
#define BARUA_LIMIT_CONVERSATION               5000u
/* Names kept for a conversation's row. */
#define BARUA_LIMIT_ROW_PEOPLE                 12u
/* Bytes of a subject or a name that put it in order. */
#define BARUA_LIMIT_SORT_BYTES                 64u
#define BARUA_BULK_ROWS                        2000u
#define BARUA_ACTS_KEPT                        100u
#define BARUA_CACHE_BYTES                      (2ull * 1024u * 1024u * 1024u)
/* The cache is tidied and packed in idle time: after the start (and after work that came between), then at this distance. */
#define BARUA_CACHE_FIRST_SECONDS              90
#define BARUA_CACHE_SECONDS                    (15 * 60)
/* A full disk, or one that fails, is tried again after this: the server is asked nothing meanwhile. */
#define BARUA_DISK_RETRY_SECONDS               30
#define BARUA_FIRST_ROWS                       50u
/* Plain servers: flags asked for on each visit (DESIGN 6). */
#define BARUA_QUICK_FLAGS                      250u
/* Plain servers: the first window of the search for removals; each next one is four times as large (PROTOCOLS 3.7). */
#define BARUA_REMOVAL_WINDOW                   1000u
#define BARUA_CONNECTIONS_PER_ACCOUNT          4u
#define BARUA_PIPELINE_COMMANDS                20u
#define BARUA_FETCHES_OF_POISON_PER_DAY        3u
/* Refused commands while a bad message is looked for; after these the server, not a message, is the trouble. */
#define BARUA_FETCH_REFUSALS                   64u
#define BARUA_LIVE_WEB_VIEWS                   6u
#define BARUA_WEB_VIEW_DEVICE_PX               8000

/* Connections ------------------------------------------------------------------------------------------------------ */

/* A fiber's stack: SQLite needs 16 KiB, GMime with hostile nesting 128 KiB. */
#define BARUA_FIBER_STACK_BYTES                (256u * 1024u)
/* The largest TLS record: a read offers at least this much room, so that nothing decrypted stays behind in the library. */
#define BARUA_TLS_RECORD_BYTES                 (16u * 1024u)
#define BARUA_LIMIT_TLS_RSA_BITS               2048u
/* Password or token: Microsoft's tokens pass 2 kB. */
#define BARUA_LIMIT_SECRET_BYTES               (16u * 1024u)
/* A quiet connection goes into IDLE this long after the last command, so that a run of commands is not broken up. */
#define BARUA_IMAP_IDLE_DELAY_MS               50
#define BARUA_IMAP_SLOW_FACTOR                 5u
/* Seconds between two alerts of one connection that reach the person (THREATS T-06). */
#define BARUA_ALERT_INTERVAL_SECONDS           60
/* Random bytes in a SCRAM nonce. */
#define BARUA_SCRAM_NONCE_BYTES                24u
#define BARUA_LIMIT_SASL_CHALLENGE_BYTES       (16u * 1024u)
/* Message numbers whose UIDs one session remembers, at four bytes each. */
#define BARUA_LIMIT_IMAP_MAPPED_MESSAGES       10000000u
/* Free connections beyond the first are closed after this. */
#define BARUA_TIMEOUT_SPARE_CONNECTION_SECONDS (3 * 60)
/* A Retry that a server asks for is believed up to this. */
#define BARUA_LIMIT_SERVER_BACKOFF_MS          (15 * 60 * 1000)

/* Store ------------------------------------------------------------------------------------------------------------ */

#define BARUA_STORE_READERS                    2u
/* Neighbouring BATCH jobs share a transaction for at most this long; a waiting wish or small write ends it after the
 * running job. */
#define BARUA_STORE_SHARE_MS                   1000
/* How long an open shared transaction waits for the next BATCH job. */
#define BARUA_STORE_LINGER_MS                  3
/* Pages of a new file: larger ones than SQLite's own 4096 are written, split and looked for less often. */
#define BARUA_STORE_PAGE_BYTES                 8192
/* The log (WAL) is written back when it has this many pages (a first sync of 100,000 messages ends before that), and when
 * nothing was to be done for this long; afterwards its file is cut to this size. */
#define BARUA_STORE_WAL_PAGES                  16384
#define BARUA_STORE_WAL_KEPT_BYTES             (16 * 1024 * 1024)
#define BARUA_STORE_IDLE_MS                    500
#define BARUA_STORE_WRITER_CACHE_KIB           24576
#define BARUA_STORE_READER_CACHE_KIB           4096
/* After an unclean end main.db is looked through when it is not larger than this. */
#define BARUA_STORE_CHECK_BYTES                (256ull * 1024u * 1024u)
/* Entries of the writer's map of Message-IDs, and of its map of people. */
#define BARUA_STORE_MAP_ENTRIES                350000u
/* Recipients of one message that are kept for list and search. */
#define BARUA_LIMIT_STORE_PEOPLE               256u
/* Of these, recipients by whose words a message is found. */
#define BARUA_STORE_INDEXED_RECIPIENTS         32u
#define BARUA_LIMIT_STORE_PROBLEMS             1000u
#define BARUA_LIMIT_KEYWORDS                   256u
#define BARUA_LIMIT_KEYWORD_BYTES              256u
#define BARUA_LIMIT_SEARCH_TERMS               32u
#define BARUA_LIMIT_SEARCH_QUERY_BYTES         4096u
#define BARUA_LIMIT_COMPLETIONS                200u
/* Search rows written in one transaction; how long new ones wait for company, how long they wait at most while more is being
 * written. */
#define BARUA_SEARCH_BATCH_ROWS                8192u
#define BARUA_SEARCH_WAIT_MS                   500
#define BARUA_SEARCH_PATIENCE_MS               30000
/* How much less than others storing and the index get of a busy processor (setpriority). */
#define BARUA_STORE_NICE                       5
#define BARUA_SEARCH_NICE                      10
/* Pages of the index merged in one idle turn. */
#define BARUA_SEARCH_MERGE_PAGES               200

/* The window ------------------------------------------------------------------------------------------------------- */

/* Reads of row pages on their way at one time: more would only queue up in the reader. */
#define BARUA_ROW_READS_AT_ONCE                2u
/* Runs of changes are applied to a list for at most this long a turn of the main loop; what is left follows in the next. */
#define BARUA_SLICE_MODEL_US                   4000
/* A timer for midnight itself would be late after the computer slept. */
#define BARUA_MIDNIGHT_CHECK_SECONDS           30
/* Pages of HTML: what the web process may use; how far wide mail is scaled down; how long a page's height is asked for, how
 * long its own pictures may keep it invisible, and how long Tab waits for it to say where its next link is. */
#define BARUA_LIMIT_WEB_PROCESS_MB             1024u
#define BARUA_WEB_VIEW_MIN_FIT                 0.7
#define BARUA_WEB_MEASURE_TRIES                60u
#define BARUA_WEB_PATIENCE_MS                  1500
#define BARUA_WEB_MEASURE_MS                   16
#define BARUA_WEB_MEASURE_RETRY_MS             50
/* Of a longer page so much is laid out first; more only where that does not fill the view. */
#define BARUA_WEB_FIRST_BYTES                  (256 * 1024)
/* For how long a web process waits for the next page. */
#define BARUA_WEB_SPARE_SECONDS                300
#define BARUA_WEB_FOCUS_MS                     500
/* After scrolling stopped for so long, the engine hears what is on screen; news is announced at most so often. */
/* A window comes with its rows in it, but not later than this. */
#define BARUA_TIMEOUT_PRESENT_MS               100
#define BARUA_TIMEOUT_VISIBLE_MS               150
#define BARUA_TIMEOUT_ANNOUNCE_MS              1000
/* A search begins when typing paused for so long; letters typed into the folders belong together as long. */
#define BARUA_TIMEOUT_SEARCH_MS                150
#define BARUA_TIMEOUT_TYPE_AHEAD_MS            1000
/* The acts of a row come when the pointer rested on it for so long, within so long. */
#define BARUA_TIMEOUT_HOVER_MS                 150
#define BARUA_FADE_MS                          100
/* What is typed to go to a date. */
#define BARUA_DATE_WORDS_BYTES                 80u
/* Reading. */
#define BARUA_TIMEOUT_MARK_READ_MS             1500
#define BARUA_TIMEOUT_SPINNER_MS               300
/* After so long one is told that it is slow. */
#define BARUA_TIMEOUT_SLOW_MS                  5000
#define BARUA_TIMEOUT_STATE_SHOWN_MS           2000
/* A server that fails for so long has a banner; most of it passes by itself. */
#define BARUA_BANNER_SECONDS                   10
#define BARUA_LIMIT_PLAIN_FIRST_CHARS          40000u
/* Plain text is shown in pieces, as many in one frame as cost so much: a letter costs one, a line and a piece as below. Laying out
 * one such portion takes some 10 ms. */
#define BARUA_PLAIN_PIECE_CHARS                4000u
#define BARUA_PLAIN_PIECE_LINES                100u
#define BARUA_LIMIT_PLAIN_PIECES               500u
#define BARUA_PLAIN_SLICE_COST                 6000u
#define BARUA_PLAIN_LINE_COST                  10u
#define BARUA_PLAIN_PIECE_COST                 150u
/* Quotes that are deeper have no more bars than this: they would be wider than the window. */
#define BARUA_LIMIT_QUOTE_BARS                 12u
/* What is shown of a text around a place that was found beyond its beginning. */
#define BARUA_EXCERPT_BYTES                    800u
/* Chips of attachments and recipients that are made in one frame, and attachments before the person wants all of them. */
#define BARUA_CHIPS_SLICE                      8u
#define BARUA_LIMIT_CHIPS                      100u
/* Changes of the conversation that is open are gathered for so long. */
#define BARUA_READER_REFRESH_MS                60
#define BARUA_LIMIT_CARDS                      2000u
/* Cards are made when they come this near to what is seen, in heights of the view. */
#define BARUA_CARDS_AHEAD                      1.0
/* Date and arrival further apart than this are both shown (THREATS U-05). */
#define BARUA_DATES_DIFFER_SECONDS             (24 * 60 * 60)
#define BARUA_LIMIT_PREVIEWED_BYTES            (16u * 1024u * 1024u)
#define BARUA_LIMIT_PREVIEWED_TEXT_BYTES       (256u * 1024u)
#define BARUA_LIMIT_PREVIEWED_PIXELS           (64ll * 1000 * 1000)
#define BARUA_LIMIT_ORIGINAL_COLOURS           500u
#define BARUA_LIMIT_FOUND                      1000u
#define BARUA_FIND_WAIT_MS                     120
/* The watchdog of test builds: a frame, one callback of ours, one turn of the main loop. */
#define BARUA_WATCHDOG_STEP_US                 5000
#define BARUA_WATCHDOG_FRAME_US                16000
#define BARUA_WATCHDOG_CALLBACK_US             50000
#define BARUA_WATCHDOG_TURN_US                 200000
/* Pictures fetched for one message (THREATS H-02): how many, how large each and all together, how many at a time, how long each
 * may take, how often it may lead elsewhere. */
#define BARUA_LIMIT_PICTURES                   200u
#define BARUA_LIMIT_PICTURE_BYTES              (10u * 1024u * 1024u)
#define BARUA_LIMIT_PICTURES_BYTES             (64u * 1024u * 1024u)
#define BARUA_LIMIT_PICTURE_REDIRECTS          5u
#define BARUA_PICTURES_AT_ONCE                 6u
#define BARUA_TIMEOUT_PICTURE_MS               (20 * 1000)
#define BARUA_LIMIT_SOURCE_SHOWN_BYTES         (1024u * 1024u)
#define BARUA_LIMIT_RECIPIENTS_SHOWN           100u
/* Activity: entries of what waits that are shown, what was done lately, and how long news of them is gathered. */
#define BARUA_LIMIT_WAITING_SHOWN              50u
#define BARUA_LIMIT_DONE_LATELY                20u
#define BARUA_ACTIVITY_REFRESH_MS              100
/* An act on so many messages is undone where the mark still is, looked at one by one; a larger one wholly, which comes to the same
 * but for the count that is told. */
#define BARUA_LIMIT_UNDO_LOOKED_AT             1024u

/* Engine ----------------------------------------------------------------------------------------------------------- */

/* Messages in one batch from the wire to the store (divides BARUA_FETCH_RANGE, so that a batch lies in one range), their bytes,
 * and batches under way before the server is held back. */
#define BARUA_BATCH_ROWS                       500u
#define BARUA_BATCH_BYTES                      (512u * 1024u)
/* One block of the texts read from a batch of headers, bytes. */
#define BARUA_BATCH_TEXT_BYTES                 (64u * 1024u)
#define BARUA_BATCHES_UNDER_WAY                32u
/* Messages asked for by one FETCH of a first sync. */
#define BARUA_FETCH_RANGE                      1000u
/* Bytes of a body asked for at a time, so that cancelling is prompt. */
#define BARUA_FETCH_CHUNK_BYTES                (256u * 1024u)
/* Bytes of a message that can't be described that are read to find its header. */
#define BARUA_POISON_BYTES                     (64u * 1024u)
/* Text parts of mail newer than this are fetched beforehand. */
#define BARUA_PREFETCH_DAYS                    30
/* Messages looked at by one round of the background passes. */
#define BARUA_PREFETCH_MESSAGES                200u
/* Whole messages asked for by one round, and bytes of bodies on their way to the store before the server is held back. */
#define BARUA_PREFETCH_BODIES                  500u
#define BARUA_BODIES_WAITING_BYTES             (8u * 1024u * 1024u)
#define BARUA_PREFETCH_TEXT_BYTES              (512u * 1024u)
/* Text of one message that is indexed; what is behind it can't be found. Messages listed at a time for the index, read at a time,
 * and bytes of text that make one transaction. */
#define BARUA_INDEX_TEXT_BYTES                 (256u * 1024u)
#define BARUA_INDEX_MESSAGES                   4000u
#define BARUA_INDEX_PORTION                    100u
#define BARUA_INDEX_PORTIONS_UNDER_WAY         2u
#define BARUA_INDEX_BATCH_BYTES                (2u * 1024u * 1024u)
/* Asking the server: messages of one question that are taken, the newest; how long a connection is waited for. */
#define BARUA_LIMIT_SERVER_HITS                5000u
#define BARUA_TIMEOUT_ASK_MS                   (30 * 1000)
/* Messages of one STORE command of the replayer. */
#define BARUA_REPLAY_MESSAGES                  2000u
/* Plain servers: how long a comparison of all flags holds good. */
#define BARUA_FULL_FLAGS_SECONDS               (24 * 60 * 60)
#define BARUA_STATUS_INTERVAL_MS               100
#define BARUA_VISIBLE_ROWS                     256u
/* One request on the owner's socket, and one answer. */
#define BARUA_LIMIT_OWNER_LINE_BYTES           (1024u * 1024u)
#define BARUA_LIMIT_FINDINGS                   10000u
#define BARUA_LIMIT_OWNER_CLIENTS              16u
/* Lines that wait for a client that does not read. */
#define BARUA_LIMIT_OWNER_LINES                10000u

/* The desktop ------------------------------------------------------------------------------------------------------ */

/* More new messages of one account than this at once are one notification; "at once" is within so many seconds. */
#define BARUA_NOTIFY_SINGLE                    5u
#define BARUA_NOTIFY_AT_ONCE_SECONDS           60
/* What comes within so long after the machine woke up, or after the program started, is told of together. */
#define BARUA_NOTIFY_RESUME_SECONDS            60
/* Arrivals wait so long for each other before they are told of. */
#define BARUA_NOTIFY_GATHER_MS                 500
/* Letters of a sender or subject in a notification or a search result (THREATS U-07), people named in a summary, and messages
 * that are remembered so that they can be taken back. */
#define BARUA_LIMIT_NOTICE_CHARS               256u
#define BARUA_NOTIFY_NAMES                     2u
#define BARUA_LIMIT_NOTIFIED                   1000u
/* Results given to the desktop's search, and letters of what it may ask for. */
#define BARUA_LIMIT_DESKTOP_RESULTS            20u
#define BARUA_LIMIT_DESKTOP_QUERY_BYTES        1024u
/* Started for a search alone, the program ends when it was asked nothing for so long. */
#define BARUA_SERVICE_SECONDS                  60
#define BARUA_LIMIT_PICTURE_SENDERS            1000u
