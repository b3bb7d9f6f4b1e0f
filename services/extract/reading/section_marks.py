"""How the parts around a story's own words give themselves away, line by line."""

import re

RELATED = re.compile(
    r"\s*(?:[•▶►■▲→»>*\-–—\[(|#]\s*)*"
    r"(?:related(?: (?:stories|articles|news|content|coverage|topics))?\s*[:\])]|related$"
    r"|read (?:also|more|next|on)\b|see also\b|also read\b|most[ -](?:read|popular|viewed)\b"
    r"|more on this\b|more from\b|recommended\b\s*[:$]|you may also like|watch(?: also| now)?\s*:"
    r"|in other news\s*:|editor'?s picks"
    r"|читайте та[кю]|читать также|читайте ещ[её]|читайте ще|по теме\s*:|за темою\s*:"
    r"|также по теме|також за темою|смотрите также|дивіться також|популярное\s*:|популярне\s*:"
    r"|ранее\s*:|новини по темі"
    r"|관련\s?기사|관련\s?뉴스|많이\s?본\s?(?:뉴스|기사)|인기\s?기사|함께\s?보면|추천\s?기사"
    r"|関連記事|あわせて読みたい|相关阅读|相关新闻|延伸阅读|推荐阅读|热门新闻"
    r"|czytaj (?:też|także|również|więcej)|zobacz (?:też|także|również)"
    r"|przeczytaj (?:też|także|również)|polecamy\b"
    r"|lesen sie (?:auch|mehr)|mehr zum thema|läs (?:också|även|mer)\b)",
    re.IGNORECASE,
)
"""At the beginning of a line: links to other stories."""

INLINE_SIGNS = (":", "：", "▶", "►", "■", "◆")
"""One of these stands in every line that `INLINE_RELATED` can match."""

INLINE_RELATED = re.compile(
    r"(?<!\w)(?:READ ALSO|READ MORE|SEE ALSO|ALSO READ|RELATED|MOST READ|Read also|Related|Most read"
    r"|ЧИТАЙТЕ ТАКЖЕ|ЧИТАЙТЕ ТАКОЖ|Читайте также|Читайте також"
    r"|Czytaj też|Czytaj także|CZYTAJ TEŻ|Zobacz też|ZOBACZ TAKŻE)\s*:"
    r"|[▶►■◆]\s*(?:많이\s?본|관련\s?기사|인기|추천)|관련\s?기사[\])]?\s*[:：▶]|많이\s?본\s?뉴스\s*[:：]"
    r"|関連記事\s*[:：]"
)
"""Inside a line: from here on it links to other stories."""

APPEAL = (
    "you could close this page",
    "become a patron",
    "support us",
    "support our work",
    "support our journalism",
    "support our team",
    "donate ",
    "subscribe to",
    "sign up for",
    "sign up to",
    "join our community",
    "join our telegram",
    "join our channel",
    "follow us on",
    "as little as",
    "cup of coffee",
    "we keep our reporting",
    "a little bit goes a long way",
    "download the app",
    "download our app",
    "our newsletter",
    "continue reading...",
    "подписаться",
    "подписывайтесь",
    "підписатися",
    "підписуйтесь",
    "наш телеграм",
    "поддержите нас",
    "підтримайте нас",
    "остаться с нами",
    "구독",
    "제보는",
    "카카오톡",
    "訂閱",
    "订阅",
    "subskrybuj",
    "zapisz się",
    "prenumerera",
    "newsletter abonnieren",
)
"""Lower-case phrases by which an outlet asks its readers for something."""

CREDIT = re.compile(
    r"\s*(?:\(?with (?:\w+ ){0,3}inputs?\)?|.{0,80}contributed to this report|comments are closed"
    r"|the post .{0,400}appeared first on|reporting by\b|editing by\b"
    r"|(?:photo|image|foto|фото|사진|写真|图片)\s*[:/=©]|copyright\b|©|all rights reserved"
    r"|무단\s?전재|저작권자|source\s*:|źródło\s*:|autor\s*:|by [A-Z][\w.'-]+ [A-Z][\w.'-]+\s*$)",
    re.IGNORECASE,
)
"""Who wrote, filed or owns what."""

CAPTION = re.compile(
    r"\s*(?:caption\s*:|pictured\s*:|file photo|на фото\s*:|▲|\[?사진\s?(?:설명|=))", re.IGNORECASE
)
"""What a picture shows."""

EMBED = re.compile(r"\s*(?:—|--)\s.{1,80}\(@\w{1,30}\)|.{0,200}\(@\w{1,30}\)\s+\w+ \d{1,2}, \d{4}\s*$")
"""The signature of an embedded post."""

DATELINE = re.compile(
    r"\s*(?:(?:updated|published|posted)\b.{0,60}|date \d{4}-\d\d-\d\d.{0,30}"
    r"|\d{1,2}[ ./-](?:[a-zа-яіїє]{3,10}|\d{1,2})[ ./-]\d{4}[ ,]*(?:\d{1,2}:\d\d)?(?:\s?[ap]m)?)\s*$",
    re.IGNORECASE,
)
"""A line that is only a date."""

AGENCY_OPENING = re.compile(
    r"\s*(?:[(\[][^()\[\]=\n]{1,20}=[^()\[\]=\n]{1,20}[)\]](?:\s*[^\s=]{2,5}(?:\s[^\s=]{2,5}){0,4}\s*=)?"
    r"|[A-Z][^()\n]{2,40}\((?:AP|AFP|Reuters|UPI|Yonhap|Xinhua|Kyodo(?: News)?|TASS|dpa|EFE|ANI|IANS)\)"
    r"\s*[-–—]+"
    r"|[A-ZА-ЯІЇЄ][^/\n]{2,40}/(?:TASS|ТАСС)/\.?"
    r"|[А-ЯІЇЄ][А-ЯІЇЄ -]{2,30}, \d{1,2} \w{3,9}\.? [-–—] [\w ]{3,20}\.)"
)
"""At the beginning of a text: where and through whom an agency filed it, which says nothing of its matter."""
