"""Code names for projects: plain words that say nothing about the company, the same for the same seed."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator
from typing import Literal, get_args

from evidence.retrieval import tokens_of

Theme = Literal["birds", "trees", "stones", "stars", "rivers", "winds", "colours"]
_WORDS: dict[Theme, str] = {
    "birds": "Avocet Bittern Bunting Buzzard Chaffinch Cormorant Crane Curlew Dipper Dunlin Egret Falcon Fieldfare"
    " Finch Gannet Godwit Goldcrest Grebe Harrier Heron Hoopoe Ibis Jackdaw Kestrel Kingfisher Kite Lapwing Linnet"
    " Magpie Merlin Nightjar Nuthatch Oriole Osprey Petrel Pipit Plover Puffin Redstart Robin Sandpiper Serin Siskin"
    " Skylark Sparrow Starling Stork Swallow Swift Tern Thrush Turnstone Wagtail Warbler Waxwing Wheatear Wren",
    "trees": "Acacia Alder Almond Aspen Beech Birch Catalpa Cedar Chestnut Cypress Elder Elm Ginkgo Hawthorn Hazel"
    " Hemlock Hornbeam Juniper Larch Laurel Linden Magnolia Maple Medlar Mulberry Myrtle Olive Poplar Rowan Sequoia"
    " Spruce Sycamore Tamarack Walnut Whitebeam Willow Yew",
    "stones": "Agate Alabaster Amber Amethyst Basalt Beryl Calcite Chalcedony Citrine Diorite Dolomite Feldspar Flint"
    " Gabbro Garnet Gneiss Granite Jasper Lapis Malachite Marble Moonstone Obsidian Onyx Opal Peridot Porphyry Quartz"
    " Schist Serpentine Slate Spinel Topaz Tourmaline Travertine Zircon",
    "stars": "Achernar Adhara Albireo Aldebaran Algol Alhena Alioth Alkaid Alnilam Altair Antares Arcturus Bellatrix"
    " Canopus Capella Castor Deneb Dubhe Electra Hadar Hamal Izar Kochab Markab Merak Mimosa Mira Mirfak Mizar Polaris"
    " Pollux Procyon Regulus Rigel Sabik Shaula Sirius Spica Tarazed Vega",
    "rivers": "Aare Adige Allier Arno Avon Brenta Derwent Dordogne Douro Drava Drina Ebro Garonne Guadiana Isar Isere"
    " Kama Loire Mincio Mosel Mures Neckar Neretva Oder Piave Rhone Saale Salzach Sava Severn Soca Spree Tagus Tarn"
    " Tiber Tisza Trave Tweed Vardar Vistula Weser",
    "winds": "Bise Bora Chinook Etesian Foehn Gale Harmattan Khamsin Leveche Levanter Libeccio Marin Meltemi Mistral"
    " Monsoon Ostro Pampero Ponente Sirocco Solano Tramontane Zephyr Zonda",
    "colours": "Amaranth Auburn Azure Burgundy Carmine Celadon Cerulean Cobalt Cochineal Crimson Ecru Fawn Fuchsia"
    " Gamboge Heliotrope Indigo Ivory Khaki Lilac Madder Magenta Mauve Ochre Periwinkle Russet Saffron Sepia Sienna"
    " Teal Turquoise Umber Verdigris Vermilion Viridian",
}
THEMES: tuple[Theme, ...] = get_args(Theme)
SHORTEST_CLUE = 4


def code_names(seed: str, themes: Collection[Theme], taken: Collection[str]) -> Iterator[str]:
    """Names in an order that the seed fixes. Those that share a word, or much of one, with `taken` are left out.

    `taken` are texts: the documents, the title of the book, the names of what it is about.
    """
    words = {token for text in taken for token in tokens_of(text)}
    starts = {word[:SHORTEST_CLUE] for word in words if len(word) >= SHORTEST_CLUE}
    names = [name for theme in THEMES if theme in themes or not themes for name in _WORDS[theme].split()]
    ranked = sorted(dict.fromkeys(names), key=lambda name: hashlib.sha256(f"{seed}/{name}".encode()).hexdigest())
    for name in ranked:
        plain = tokens_of(name)[0]
        if plain not in words and not _hints(plain, starts, words):
            yield name


def _hints(name: str, starts: set[str], words: set[str]) -> bool:
    """Whether a word of the documents begins with the name, or the name with such a word."""
    if name[:SHORTEST_CLUE] not in starts:
        return False
    return any(word.startswith(name) or name.startswith(word) for word in words if len(word) >= SHORTEST_CLUE)
