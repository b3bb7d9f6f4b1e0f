"""Stories of our own to tag: as most are, without a word of ours, and as full of names as a story can be."""

import random
from collections.abc import Iterator
from typing import Final, Literal, NamedTuple

Kind = Literal["ordinary", "dense"]

ORDINARY: Final = (
    "The council put off its vote on the new tram line until the engineers have answered three questions.",
    "Bakers in the old town say that flour has become dearer by a fifth since the spring.",
    "A storm that came in from the sea overnight left two villages without light for several hours.",
    "The museum will lend forty paintings to a gallery abroad while its roof is being mended.",
    "Officials said on Tuesday that the inquiry would look at every contract signed in the last two years.",
    "She scored twice in the second half, and the visitors, who had come unbeaten, went home with nothing.",
    "Analysts expect the bank to leave its rate where it is, although prices rose faster than was forecast.",
    "The ministry's spokesman declined to comment, and a letter to the company was not answered.",
    "Farmers in Spain and Poland hope for rain, which has fallen on only six days since the end of August.",
    "The ferry turned back after an hour because a passenger had been taken ill, its owner said.",
)
DENSE: Final = (
    "North Korea has sent 1,500 special forces soldiers to Russia, South Korea's spy agency NIS said.",
    "Kim Jong Un and Vladimir Putin signed a treaty in Pyongyang under which both would give military help.",
    "Ukraine's military intelligence said that North Korean troops in Russian uniforms had arrived in Kursk.",
    "The Pentagon could not confirm that Pyongyang had shipped shells and KN-23 missiles to Russia.",
    "President Volodymyr Zelensky accused the Kremlin of preparing 10,000 North Koreans for the front.",
    "Seoul and Washington condemned the arms transfer from the DPRK to Russia as a breach of UN sanctions.",
    "Sergei Shoigu met Choe Son Hui in Vladivostok, TASS reported, before a flight to Vostochny cosmodrome.",
    "Satellite images show containers of ammunition moving from Rajin to a depot near Ukraine, the NIS said.",
    "Dmitry Peskov denied that workers from North Korea build drones at the plant in Alabuga, Tatarstan.",
    "Two captured soldiers of the Storm Corps told Kyiv that they had been sent to Kursk for training only.",
)


class Text(NamedTuple):
    """One story."""

    title: str
    body: str


def stories(kind: Kind, characters: int, count: int, seed: int) -> Iterator[Text]:
    """So many stories of about that length, paragraph by paragraph; the same ones for the same seed.

    One sentence in twenty of an ordinary story is a dense one, so that not all are over after a glance.
    """
    chance = random.Random(seed)
    for number in range(count):
        sentences: list[str] = []
        length = 0
        while length < characters:
            is_dense = kind == "dense" or chance.random() < 0.05
            words = chance.choice(DENSE if is_dense else ORDINARY)
            sentence = words.replace("three", str(chance.randint(3, 900)))
            sentences.append(sentence + ("\n" if chance.random() < 0.3 else " "))
            length += len(sentences[-1])
        title = chance.choice(DENSE if kind == "dense" else ORDINARY)
        yield Text(f"{title[:70]} {number}", "".join(sentences)[:characters])
