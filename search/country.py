"""One name for each country, whichever the registry used in its day ("Turkey (Türkiye)", "Korea, Republic of").

Used for the sites of trials and for what a person types, so that both meet. The names are those of everyday English;
the variants are the ones that ClinicalTrials.gov has used (changed in 2023 and 2025) and common short forms.
"""

from __future__ import annotations

from functools import cache

_VARIANTS = {
    "Bolivia": ("Bolivia, Plurinational State of",),
    "Brunei": ("Brunei Darussalam",),
    "Côte d'Ivoire": ("Côte d’Ivoire", "Cote D'Ivoire", "Ivory Coast"),
    "Cape Verde": ("Cabo Verde",),
    "Czechia": ("Czech Republic",),
    "Democratic Republic of the Congo": ("Congo, The Democratic Republic of the", "DR Congo"),
    "Eswatini": ("Swaziland",),
    "Gambia": ("Gambia, The", "The Gambia"),
    "Iran": ("Iran, Islamic Republic of", "Iran (Islamic Republic of)"),
    "Laos": ("Lao People's Democratic Republic",),
    "Libya": ("Libyan Arab Jamahiriya",),
    "Micronesia": ("Micronesia, Federated States of", "Federated States of Micronesia"),
    "Moldova": ("Moldova, Republic of", "Republic of Moldova"),
    "Myanmar": ("Burma", "Myanmar (Burma)"),
    "North Korea": ("Korea, Democratic People's Republic of", "Democratic People's Republic of Korea"),
    "North Macedonia": ("Macedonia, The Former Yugoslav Republic of", "Macedonia", "Republic of North Macedonia"),
    "Palestinian Territories": (
        "Palestinian Territories, Occupied",
        "Palestinian Territory, occupied",
        "Palestine",
        "State of Palestine",
        "Palestine, State of",
    ),
    "Republic of the Congo": ("Congo",),
    "Russia": ("Russian Federation",),
    "Réunion": ("Reunion",),
    "South Korea": ("Korea, Republic of", "Republic of Korea", "Korea"),
    "Syria": ("Syrian Arab Republic",),
    "Taiwan": ("Taiwan, Province of China",),
    "Tanzania": ("Tanzania, United Republic of", "United Republic of Tanzania"),
    "Turkey": ("Turkey (Türkiye)", "Türkiye", "Turkiye", "Republic of Türkiye", "Türkiye (Turkey)"),
    "United Kingdom": ("UK", "Great Britain", "U.K."),
    "United States": ("USA", "US", "U.S.", "U.S.A.", "United States of America"),
    "Venezuela": ("Venezuela, Bolivarian Republic of",),
    "Vietnam": ("Viet Nam",),
    "Virgin Islands (U.S.)": ("U.S. Virgin Islands",),
}


@cache
def _names() -> dict[str, str]:
    return {spelling.casefold(): name for name, others in _VARIANTS.items() for spelling in (name, *others)}


def country_name(text: str) -> str:
    """The one name of a country; a name that the table does not know is returned as it is, without outer spaces."""
    text = text.strip()
    return _names().get(text.casefold(), text)
