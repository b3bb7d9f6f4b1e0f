"""Entities found in every form of their names, and not in those of others."""

import pytest

from services.extract.tagger import Tagger


def _entities(tagger: Tagger, title: str, text: str = "") -> set[str]:
    return {entity.id for entity in tagger.tag(title=title, text=text).entities}


@pytest.mark.parametrize(
    ("title", "entity"),
    [
        ("Kremlin and Pyongyang sign a pact", "LOC-PYONGYANG"),
        ("N. Korea’s envoy meets Lavrov", "LOC-KP"),
        ("Северокорейским солдатам выдали форму", "LOC-KP"),
        ("Зеленського запросили до Сеула", "PER-ZELENSKY"),
        ("Шойгу встретился с Ким Чен Ыном", "PER-KIM-JONG-UN"),
        ("북한에 무기를 보낸 러시아", "LOC-KP"),
        ("朝鲜士兵抵达俄罗斯", "LOC-RU"),
        ("Korei Północnej grożą sankcje", "LOC-KP"),
    ],
)
def test_an_entity_is_found_in_its_inflected_and_particled_forms(
    tagger: Tagger, title: str, entity: str
) -> None:
    assert entity in _entities(tagger, title)


@pytest.mark.parametrize(
    ("title", "entity"),
    [
        ("Serbian NIS refinery awaits sanctions over Gazprom", "ORG-NIS"),
        ("Vitalii Kim: nine drones downed over Mykolaiv", "PER-KIM-JONG-UN"),
        ("북한산 등산로 통제", "LOC-KP"),
        ("North Ossetia battalion returns", "LOC-KP"),
        ("КНР и Россия начали учения", "LOC-KP"),
        ("Austin airport reopens after storm", "PER-AUSTIN"),
        ("Volunteers march in Marchburg", "LOC-FRONTLINE"),
    ],
)
def test_a_namesake_is_not_taken_for_the_entity(tagger: Tagger, title: str, entity: str) -> None:
    assert entity not in _entities(tagger, title)


def test_a_bare_surname_counts_once_the_full_name_stands_in_the_story(tagger: Tagger) -> None:
    text = "US Defense Secretary Lloyd Austin spoke on Saturday. Austin could not confirm the reports."
    mentions = [one for one in tagger.tag(title="Pentagon", text=text).entities if one.id == "PER-AUSTIN"]
    assert [mention.text for mention in mentions[0].mentions] == ["Lloyd Austin", "Austin"]


def test_an_entity_says_where_each_of_its_names_stands(tagger: Tagger) -> None:
    title, text = "Putin hosts Kim Jong Un", "🇷🇺 Vladimir Putin and Kim\u00a0Jong-un met."
    for entity in tagger.tag(title=title, text=text).entities:
        for mention in entity.mentions:
            source = title if mention.section == "title" else text
            assert source[mention.start : mention.end] == mention.text
            assert mention.rule == f"gazetteer.{entity.id}"
