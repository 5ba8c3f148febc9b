"""Names of countries and regions, in lower case, as documents of a deal write them."""

from __future__ import annotations

_REGIONS = (
    "africa, americas, apac, asia, asia-pacific, asia pacific, australasia, balkans, baltics, benelux, caribbean,"
    "central america, central europe, dach, eastern europe, eimea, emea, eu, europe, european union, far east,"
    "gulf region, iberia, latam, latin america, mena, middle east, nordics, nordic countries, north america, oceania,"
    "pacific, scandinavia, south america, south-east asia, southeast asia, southern europe, western europe, uk, usa, us"
)
_COUNTRIES = (
    "algeria, argentina, australia, austria, bahrain, bangladesh, belarus, belgium, bolivia, bosnia and herzegovina,"
    "brazil, bulgaria, cambodia, canada, chile, china, colombia, costa rica, croatia, cyprus, czech republic, czechia,"
    "denmark, dominican republic, ecuador, egypt, england, estonia, ethiopia, finland, france, georgia, germany, ghana,"
    "greece, guatemala, hong kong, hungary, iceland, india, indonesia, iran, iraq, ireland, israel, italy, ivory coast,"
    "japan, jordan, kazakhstan, kenya, korea, kosovo, kuwait, latvia, lebanon, liechtenstein, lithuania, luxembourg,"
    "malaysia, malta, mexico, moldova, monaco, montenegro, morocco, netherlands, new zealand, nigeria, north macedonia,"
    "northern ireland, norway, oman, pakistan, panama, paraguay, peru, philippines, poland, portugal, qatar, romania,"
    "russia, saudi arabia, scotland, senegal, serbia, singapore, slovakia, slovenia, south africa, south korea, spain,"
    "sri lanka, sweden, switzerland, taiwan, tanzania, thailand, tunisia, turkey, uganda, ukraine,"
    "united arab emirates, united kingdom, united states, uruguay, uzbekistan, venezuela, vietnam, wales, zambia"
)
PLACES = frozenset(name.strip() for name in f"{_REGIONS},{_COUNTRIES}".split(","))
