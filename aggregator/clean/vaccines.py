"""Vaccines and their names and codes: the data of `products.py`.

COVID-19 vaccines have brands, age bands, and codes; others have names and codes. Codes are CVX, compared as numbers
because feeds drop the leading zero of "03" and "08".
"""

import re

MRNA = "mRNA (Pfizer or Moderna)"  # French texts leave the brand open
COVID_19 = "COVID-19"  # the brand is not stated

# Brand -> its spellings, searched in lower-case text.
BRANDS = tuple(
    (name, re.compile(pattern))
    for name, pattern in (
        ("Pfizer", r"pfizer|biontech|comirnaty|pfz|(?<![a-z])pf ?\d"),
        ("Moderna", r"moderna|spikevax"),
        (
            "Johnson & Johnson",
            r"j[ae]nn?ss?enn?|joh?nn?son|(?<![a-z])(?:j ?(?:&|and) ?j|jnj)(?![a-z])|^j{2,3}$|j_j|jcovden",
        ),
        ("AstraZeneca", r"astra|(?<![a-z])az(?![a-z])|vaxzevria"),
        ("Novavax", r"nova ?vax|nuvaxovid"),
        ("Sanofi", r"sanofi|vidprevtyn"),
        ("Valneva", r"valneva"),
        (MRNA, r"(?<![a-z])arn[ -]?m?(?![a-z])"),
    )
)

# Brand -> the suffixes of its name for the youngest band and for school age.
BANDS = {"Pfizer": (" (under 5)", " (5–11)"), "Moderna": (" (under 6)", " (6–11)")}
# Ages in months (`ages.Ages`) that mean these bands; Hy-Vee serves nobody under 3 and writes "6-12".
TODDLER_AGES = frozenset((youngest, below) for youngest in (None, 0, 6, 36) for below in (60, 72))
SCHOOL_AGES = frozenset({(60, 144), (72, 144), (72, 156)})
CHILD_AGES = frozenset({(None, 144), (6, 144)})  # since 2023 Moderna has one product for all children
ADULT_FROM = 144

# NJVSS: the booster with the adult's cap of autumn 2022 was the bivalent one.
BIVALENT = re.compile(
    r"bivalent|omicron|ba\. ?[145]|updated[ _](?:booster|dose)|booster (?:moderna_darkbluecap|pfizer_graycap)"
)

# Texts that state that no product, or no vaccine, is named.
NO_PRODUCT = re.compile(
    r"^(?:vaccin\w* )?(?:contre (?:la |le )?)?covid(?:[- ]?19)?(?: vaccin\w*)?$|^covid-19 unknown$|^unknown$"
    r"|check provider|contact clinic site|^multiple$|^other$|^null$|^none$|^n/?a$|multi-?vaccine"
    r"|child and adolescent immunization|contre.indications|cvx:\s*213$"
    r"|antig[eé]nique|(?<![a-z])pcr(?![a-z])|s[eé]rologique|pilulier|di[eé]t[eé]tique|nutrition"
)

# Other vaccines, with the brands of the CDC's code set: short names count only as words, "Td" only as the whole text.
OTHERS = tuple(
    (name, re.compile(pattern))
    for name, pattern in (
        ("Influenza", r"\bflu\b|\bflu ?mist|\binfluenza\b|\bopenflu|\bgrippe\b|\bantigrippal"
                      r"|\bflu(?:zone|arix|laval|celvax|blok|ad)\b|\bafluria\b"),
        ("RSV", r"\brsv\b|respiratory syncytial|arexvy|abrysvo|mresvia|nirsevimab|beyfortus|clesrovimab|\bvrs\b"),
        ("Mpox", r"monkey ?pox|variole du singe|\bmpox\b|jynneos|\bacam ?2000"),
        ("Shingles", r"zoster|shingles|shingrix|zostavax|\bzona\b"),
        ("Adenovirus", r"^adenovirus$"),
        ("Td", r"^td(?: vaccine)?$|\btenivac\b"),
        ("Tdap", r"\btdap\b|\bboostrix\b|\badacel\b"),
        ("DTP", r"\bdtp\b|\bdtc?ap\b(?<!dtap)|\brevaxis\b|\brepevax\b|coqueluche|t[eé]tanos|dipht[eé]rie"),
        ("DTaP", r"\bdtap\b|\bdaptacel\b|\binfanrix\b"),
        ("Pneumococcal", r"\bpcv ?\d*\b|\bppsv ?\d*\b|pneumococcal|pneumonia\b"
                         r"|prevnar|pneumovax|vaxneuvance|capvaxive|pneumocoque"),
        ("MMR", r"\bm-?m-?r\b|\bpriorix\b|measles\W+mumps|\brougeole\b"),
        ("MMRV", r"\bmmrv\b|\bproquad\b"),
        ("HPV", r"\bhpv ?9?\b|papillomavirus|gardasil|\bcervarix\b"),
        ("Hepatitis A", r"\bhep(?:atitis)?[ -]?a\b|\bhavrix\b|\bvaqta\b|h[eé]patite a\b"),
        ("Hepatitis B", r"\bhep(?:atitis)?[ -]?(?:a ?(?:&|and|\+|/) ?)?b\b|heplisav|engerix|recombivax|prehevbrio"
                        r"|h[eé]patite b\b"),
        ("Hepatitis A and B", r"\btwinrix\b"),
        ("Hepatitis C", r"\bhepatitis c\b"),
        ("Hepatitis", r"\bhepatitis\b(?! ?-?[abc]\b)"),
        ("Varicella", r"varicella|varicelle|chicken ?pox|varivax"),
        ("Rotavirus", r"rotavirus|\brotateq\b|\brotarix\b"),
        ("Meningococcal B", r"\bmen ?b\b|meningococcal b\b|\bbexsero\b|\btrumenba\b"),
        ("Meningococcal", r"\bmen ?acwy\b|\bmenabcwy\b|meningococcal(?! b\b)"
                          r"|\b(?:menveo|menquadfi|menactra|penbraya|penmenvy)\b|m[eé]ningocoque"),
        ("Hib", r"\bhib\b|influenzae type b|\bacthib\b|\bpedvaxhib\b|\bhiberix\b"),
        ("Polio", r"\bpolio|\bipv\b|\bipol\b"),
        ("Typhoid", r"typhoid|typho[iï]de|\bvivotif\b|\btyphim\b"),
        ("Rabies", r"\brabies\b|\brage\b|\brabavert\b|\bimovax\b"),
        ("Tick-borne encephalitis", r"tick.borne|enc[eé]phalite [aà] tiques"),
        ("Japanese encephalitis", r"(?<!borne )encephalitis|\bixiaro\b"),
        ("Dengue", r"\bdengue\b"),
        ("Yellow fever", r"\byellow[ -]?fever\b|fi[eè]vre jaune|\byf-?vax\b"),
        ("Cholera", r"\bcholera\b|\bvaxchora\b"),
        ("Chikungunya", r"chikungunya|\bixchiq\b|\bvimkunya\b"),
        ("Other vaccine", r"^other vaccine$"),  # the source states only that it is not for COVID-19
    )
)  # fmt: skip
SENIOR_FLU = re.compile(r"senior|high[ -]?dose|adjuvanted|\bfluad\b")
SENIOR_FROM = 65 * 12
NASAL_FLU = re.compile(r"nasal|\bflu ?mist\b|live,? attenuated|\blaiv")

_COVID_CODES = {
    "Pfizer": (208, 217, 309),
    "Pfizer (5–11)": (218, 310),
    "Pfizer (under 5)": (219, 308),
    "Pfizer bivalent": (300, 520),
    "Pfizer bivalent (5–11)": (301,),
    "Pfizer bivalent (under 5)": (302,),
    "Moderna": (207, 221, 312),
    "Moderna (6–11)": (227,),
    "Moderna (under 6)": (228,),
    "Moderna (under 12)": (311,),
    "Moderna bivalent": (229, 519),
    "Moderna bivalent (6–11)": (),
    "Moderna bivalent (under 6)": (230,),
    "Johnson & Johnson": (212,),
    "Novavax": (211, 313),
    "AstraZeneca": (210,),
    "Sanofi": (225, 226, 521),
    "Valneva": (518,),
    MRNA: (),
    COVID_19: (),
}
_OTHER_CODES = {
    "Influenza": (88, 140, 141, 150, 153, 155, 158, 171, 185, 186, 320),
    "Influenza (65+)": (135, 168, 197, 205),
    "Influenza (nasal)": (111, 149, 151, 333),
    "RSV": (303, 304, 305, 306, 307, 314, 315, 326, 332),
    "Mpox": (75, 206, 325),
    "Shingles": (121, 187, 188),
    "Adenovirus": (143,),
    "Td": (113, 138, 139),
    "Tdap": (115,),
    "DTaP": (20, 106, 107),
    "Pneumococcal": (33, 100, 109, 133, 177, 215, 216, 327),
    "MMR": (3,),
    "MMRV": (94,),
    "HPV": (62, 118, 137, 165),
    "Hepatitis A": (52, 83, 85),
    "Hepatitis B": (8, 43, 45, 189, 220),
    "Hepatitis A and B": (104,),
    "Varicella": (21,),
    "Rotavirus": (116, 119, 122),
    "Meningococcal B": (162, 163, 164),
    "Meningococcal": (108, 114, 136, 203, 316, 328),
    "Hib": (17, 48, 49),
    "Polio": (10, 89),
    "Typhoid": (25, 91, 101),
    "Rabies": (18, 90, 175, 176),
    "Japanese encephalitis": (134,),
    "Tick-borne encephalitis": (222, 223, 224),
    "Yellow fever": (37, 183, 184),
    "Cholera": (174,),
    "Chikungunya": (317, 329),
    "Dengue": (56,),
}

COVID = frozenset(_COVID_CODES)
CVX = {code: name for table in (_COVID_CODES, _OTHER_CODES) for name, codes in table.items() for code in codes}
