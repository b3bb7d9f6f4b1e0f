"""Whether characters read like running text in some script, or like bytes read in the wrong encoding.

In a wrong reading letters change script, small letters turn to capitals, and rare syllables and signs that
nobody types stand where common letters should.
"""

import re
from typing import Final

SAMPLE: Final = 100_000
PLAUSIBLE: Final = 0.35
"""Running text is above, mojibake below: the mean of weights from -2 to 1 of the characters beyond ASCII."""
PLAUSIBLE_IF_DECLARED: Final = 0.25

_HANGUL_COMMON: Final = (
    "이다의는가에고을를은한지도사로시나인대서기어정자하해리일스으부전라그원들아수보주여국것만제장성과적조구상동했발북군미위"
    "러공안니및무습관우비오신력선중경당방화연세회있년월파병확통령외교말또와생각면계문소진개체반단양식차치용현"
)
_WEIGHTS: Final = tuple(
    (re.compile(pattern), weight)
    for pattern, weight in (
        ("[оеаинтсрвлкмдпуі]", 1.0),
        ("[бгжзйфхцчшщъыьэюяёїєґў]", 0.7),
        ("(?<![А-яЁёІіЇїЄєҐґЎў])[А-ЯЁІЇЄҐЎ]", 0.6),
        ("(?<=[А-ЯЁІЇЄҐЎ])[А-ЯЁІЇЄҐЎ]", 0.05),
        ("(?<=[а-яёіїєґўѓђљњћџѕјќ])[А-ЯЁІЇЄҐЎ]", -2.0),
        ("[ЃѓЂђЉљЊњЋћЏџЅѕЈјЌќ]", -1.0),
        ("(?<=[A-Za-z0-9])[А-яЁёІіЇїЄє]|[А-яЁёІіЇїЄє](?=[A-Za-z0-9])", -1.5),
        (f"[{_HANGUL_COMMON}]", 1.0),
        ("[ぁ-んァ-ヶー]", 1.0),
        ("[\uff61-\uff9f]", -1.0),
        ("(?<=[A-Za-z])[ß-öø-ÿāăąćčďđęěĺľłńňőœŕřśšşťůűźżžığ]|[ß-öø-ÿāăąćčęěłńœřśšşůźżžığ](?=[A-Za-z])", 0.8),
        ("(?<![A-Za-z])[À-ÖØ-ÞŚŠŹŻŽŁĆČŞİ](?=[a-z])", 0.6),
        ("(?<=[À-ÿ])[À-ÿ]", -0.7),
        ("[“”‘’„«»–—…·、。「」『』№€£°\u3000！，：？（）]", 0.4),
        ("[α-ωά-ώא-תء-ي]", 0.6),
        ("[¤¦§¨¬¯±²³´¶¸¹º¼-¿×÷†‡ˆ˜‰‹›ƒ]", -0.5),
        ("[\x80-\x9f\ufffd\ue000-\uf8ff\u2500-\u259f]", -2.0),
    )
)
_HANGUL_OTHER: Final = re.compile("[가-힣]")
_IDEOGRAPHS: Final = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
_UNUSUAL: Final = re.compile("[^\x00-\x7f\xa0]")


def plausibility(text: str) -> float:
    """The mean weight of the characters beyond ASCII in the beginning of a text; 1 if there are none."""
    sample = text[:SAMPLE]
    total = len(_UNUSUAL.findall(sample))
    if not total:
        return 1.0
    counts = [(len(pattern.findall(sample)), weight) for pattern, weight in _WEIGHTS]
    score = sum(count * weight for count, weight in counts)
    return (score + _hangul(sample) + _ideographs(sample)) / total


def _hangul(sample: str) -> float:
    """Syllables that are not among the commonest: a little for the 2,350 that are in use, less for others."""
    score = 0.0
    for syllable in _HANGUL_OTHER.findall(sample):
        if syllable not in _HANGUL_COMMON:
            # The others take this codec eight bytes.
            score += 0.6 if len(syllable.encode("euc_kr")) == 2 else -1.0
    return score


def _ideographs(sample: str) -> float:
    """Ideographs beside kana or in a row are text, beside Hangul or single ones mostly are not."""
    found = len(_IDEOGRAPHS.findall(sample))
    kana = len(re.findall("[ぁ-んァ-ヶ]", sample))
    if kana * 5 > found:
        return 0.7 * found
    hangul = len(_HANGUL_OTHER.findall(sample))
    return (-0.5 if hangul else 0.3) * found
