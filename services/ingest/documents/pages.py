"""Web pages that come instead of a feed, told apart by what they say: the operator does something different
about each."""

import re
from collections.abc import Mapping
from html import unescape
from typing import Final

from shared.errors import PageInsteadError, WebPage

LONGEST_LOOK: Final = 60_000
PLAIN: Final = "an HTML page instead of a feed"
_WORDS: Final[Mapping[WebPage, str]] = {
    "robot_check": "an HTML page that checks for robots",
    "login_page": "an HTML page to log in or consent",
    "web_page": PLAIN,
}
_TITLE: Final = re.compile(r"<title[^>]{0,200}>(.{0,300}?)</title", re.DOTALL | re.IGNORECASE)
_CHALLENGE: Final = re.compile(
    r"cf-chl-|/cdn-cgi/challenge|_cf_chl|cf-browser-verification|just a moment\.\.\.|attention required!"
    r"|ddos-guard|__ddg|/\.well-known/ddos|incapsula|_incap_|imperva|akamai.{0,20}bot|ak_bmsc|/_sec/verify|px-captcha"
    r"|perimeterx|datadome|captcha-delivery|kasada|qrator|__qrator|variti|sucuri_cloudproxy|anubis_challenge"
    r"|g-recaptcha|h-captcha|hcaptcha|smartcaptcha|showcaptcha|turnstile|aws-waf-token|awswafintegration"
    r"|checking your browser|verify(?:ing)? (?:that )?you are (?:a )?human|are you a robot|not a robot"
    r"|access denied|request unsuccessful|enable javascript and cookies"
    r"|проверка браузера|проверяем ваш браузер|вы не робот|подтвердите, что вы (?:не робот|человек)"
    r"|перевірка браузера|перевіряємо ваш браузер|ви не робот|підтвердьте, що ви (?:не робот|людина)"
    r"|로봇이 아닙니다|자동 ?접속|비정상적인 접근|브라우저를 확인|접근이 차단"
    r"|ロボットではありません|ブラウザを確認|人机验证|检查您的浏览器",
    re.IGNORECASE,
)
_LOGIN: Final = re.compile(
    r"type=[\"']?password|consent\.(?:google|yahoo|youtube)|cmp-consent|didomi|onetrust|sourcepoint|sp_message"
    r"|<title[^>]*>[^<]{0,80}(?:log ?in|sign ?in|subscribe|before you continue|consent|privacy settings"
    r"|вход|войти|авторизация|вхід|увійти|авторизація|로그인|회원가입|동의|ログイン|登录|anmelden|connexion)",
    re.IGNORECASE,
)


def page_instead(text: str) -> PageInsteadError:
    """The error that says what kind of web page a document looks like, and its title if it has one."""
    kind = kind_of_page(text)
    title = _TITLE.search(text[:LONGEST_LOOK])
    words = " ".join(unescape(title.group(1)).split())[:80] if title else ""
    return PageInsteadError(_WORDS[kind] + (f" titled {words!r}" if words else ""), kind)


def kind_of_page(text: str) -> WebPage:
    """What kind of web page a document looks like, by its first 60,000 characters."""
    look = text[:LONGEST_LOOK]
    if _CHALLENGE.search(look):
        return "robot_check"
    return "login_page" if _LOGIN.search(look) else "web_page"
