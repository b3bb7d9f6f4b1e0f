"""The language of a headline."""

import pytest

from services.extract.tagger import Tagger


@pytest.mark.parametrize(
    ("title", "language"),
    [
        ("North Korea sends more troops to Russia, Seoul says", "en"),
        ("국정원 북한군 추가 파병 확인", "ko"),
        ("北, 러에 포탄 공급", "ko"),
        ("Военные КНДР прибыли в Курскую область, сообщили СМИ", "ru"),
        ("Північнокорейські військові прибули на Курщину", "uk"),
        ("北朝鮮の兵士がロシアに到着した", "ja"),
        ("朝鲜士兵抵达俄罗斯", "zh"),
        ("Korea Północna wysłała żołnierzy do Rosji", "pl"),
        ("Nordkoreanische Soldaten sind in der Region Kursk unter Beschuss geraten", "de"),
        ("Nordkorea skickar fler soldater till Ryssland enligt Zelenskyj", "sv"),
        ("12345 !!!", "und"),
    ],
)
def test_a_headline_is_enough_to_tell_its_language(tagger: Tagger, title: str, language: str) -> None:
    assert tagger.tag(title=title, text="").language == language


def test_a_hint_that_the_script_refutes_is_not_believed(tagger: Tagger) -> None:
    assert tagger.tag(title="국정원 북한군 파병 확인", text="", language="en").language == "ko"


def test_a_hint_decides_what_the_letters_leave_open(tagger: Tagger) -> None:
    assert tagger.tag(title="КНДР", text="", language="uk").language == "uk"
    assert tagger.tag(title="КНДР", text="", language=None).language == "ru"
    assert tagger.tag(title="Kim i Putin", text="", language="pl-PL").language == "pl"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        (
            (
                "The council said that it would look at every contract which the two ministries had signed"
                " with builders from abroad, and that the inquiry was to end before the summer."
            ),
            "en",
        ),
        (
            (
                "Der Film “The Return of the King and the Queen” war das Ereignis der Woche, und die"
                " Zuschauer warteten nach Angaben der Polizei mehrere Stunden vor dem Kino auf Einlass."
            ),
            "de",
        ),
        (
            (
                "Zespol The Friends of the Sea zagra w Krakowie, a bilety na koncert kosztuja tyle, ile obiad"
                " dla dwojga. The Friends of the Sea byli tu ostatnio przed dziesieciu laty."
            ),
            "pl",
        ),
        (
            (
                "Filmen The End of the Road and the Sea visades i Stockholm och blev det som alla talade om"
                " under hela veckan, skriver tidningen."
            ),
            "sv",
        ),
    ],
)
def test_an_english_name_in_a_story_does_not_make_the_story_english(
    tagger: Tagger, text: str, language: str
) -> None:
    assert tagger.tag(title="", text=text).language == language
