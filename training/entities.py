"""Entities that can stand for one another in a text: countries, leaders, cities, bodies, groups.

Replacing a text's countries and people by others each epoch keeps the model from learning who does what in the news
("Israel" strikes, "Norway" mediates) in place of what the words say.
"""

from __future__ import annotations

import random
import re

# name | adjective | people | capital | leaders (full names); a name with "the" takes the article in running text
COUNTRIES = """
Afghanistan|Afghan|Afghans|Kabul|Ashraf Ghani;Hamid Karzai
Albania|Albanian|Albanians|Tirana|Edi Rama
Algeria|Algerian|Algerians|Algiers|Abdelmadjid Tebboune
Angola|Angolan|Angolans|Luanda|João Lourenço
Argentina|Argentine|Argentines|Buenos Aires|Javier Milei;Mauricio Macri
Armenia|Armenian|Armenians|Yerevan|Nikol Pashinyan
Australia|Australian|Australians|Canberra|Anthony Albanese;Scott Morrison
Austria|Austrian|Austrians|Vienna|Karl Nehammer
Azerbaijan|Azerbaijani|Azerbaijanis|Baku|Ilham Aliyev
Bahrain|Bahraini|Bahrainis|Manama|Hamad bin Isa
Bangladesh|Bangladeshi|Bangladeshis|Dhaka|Sheikh Hasina
Belarus|Belarusian|Belarusians|Minsk|Alexander Lukashenko
Belgium|Belgian|Belgians|Brussels|Alexander De Croo
Bolivia|Bolivian|Bolivians|La Paz|Evo Morales;Luis Arce
Brazil|Brazilian|Brazilians|Brasília|Jair Bolsonaro;Dilma Rousseff
Britain|British|Britons|London|Boris Johnson;Theresa May
Bulgaria|Bulgarian|Bulgarians|Sofia|Boyko Borissov
Burundi|Burundian|Burundians|Bujumbura|Pierre Nkurunziza
Cambodia|Cambodian|Cambodians|Phnom Penh|Hun Sen
Cameroon|Cameroonian|Cameroonians|Yaoundé|Paul Biya
Canada|Canadian|Canadians|Ottawa|Justin Trudeau
Chad|Chadian|Chadians|N'Djamena|Idriss Déby
Chile|Chilean|Chileans|Santiago|Gabriel Boric;Sebastián Piñera
China|Chinese|Chinese|Beijing|Xi Jinping;Li Keqiang
Colombia|Colombian|Colombians|Bogotá|Gustavo Petro;Iván Duque
Croatia|Croatian|Croatians|Zagreb|Andrej Plenković
Cuba|Cuban|Cubans|Havana|Raúl Castro
Denmark|Danish|Danes|Copenhagen|Mette Frederiksen
Ecuador|Ecuadorean|Ecuadoreans|Quito|Rafael Correa;Daniel Noboa
Egypt|Egyptian|Egyptians|Cairo|Abdel Fattah al-Sisi;Mohamed Morsi
Eritrea|Eritrean|Eritreans|Asmara|Isaias Afwerki
Estonia|Estonian|Estonians|Tallinn|Kaja Kallas
Ethiopia|Ethiopian|Ethiopians|Addis Ababa|Abiy Ahmed
Finland|Finnish|Finns|Helsinki|Sauli Niinistö
France|French|French|Paris|Emmanuel Macron;François Hollande
Georgia|Georgian|Georgians|Tbilisi|Salome Zourabichvili;Mikheil Saakashvili
Germany|German|Germans|Berlin|Angela Merkel;Olaf Scholz
Ghana|Ghanaian|Ghanaians|Accra|Nana Akufo-Addo
Greece|Greek|Greeks|Athens|Alexis Tsipras;Kyriakos Mitsotakis
Guatemala|Guatemalan|Guatemalans|Guatemala City|Jimmy Morales
Guinea|Guinean|Guineans|Conakry|Alpha Condé
Haiti|Haitian|Haitians|Port-au-Prince|Jovenel Moïse
Honduras|Honduran|Hondurans|Tegucigalpa|Juan Orlando Hernández
Hungary|Hungarian|Hungarians|Budapest|Viktor Orbán
Iceland|Icelandic|Icelanders|Reykjavik|Katrín Jakobsdóttir
India|Indian|Indians|New Delhi|Narendra Modi;Manmohan Singh
Indonesia|Indonesian|Indonesians|Jakarta|Joko Widodo
Iran|Iranian|Iranians|Tehran|Hassan Rouhani;Mahmoud Ahmadinejad
Iraq|Iraqi|Iraqis|Baghdad|Haider al-Abadi;Nouri al-Maliki
Ireland|Irish|Irish|Dublin|Leo Varadkar
Israel|Israeli|Israelis|Jerusalem|Benjamin Netanyahu;Naftali Bennett
Italy|Italian|Italians|Rome|Giorgia Meloni;Matteo Renzi
Japan|Japanese|Japanese|Tokyo|Shinzo Abe;Fumio Kishida
Jordan|Jordanian|Jordanians|Amman|Ayman Safadi
Kazakhstan|Kazakh|Kazakhs|Astana|Kassym-Jomart Tokayev
Kenya|Kenyan|Kenyans|Nairobi|Uhuru Kenyatta;William Ruto
Kosovo|Kosovar|Kosovars|Pristina|Albin Kurti
Kuwait|Kuwaiti|Kuwaitis|Kuwait City|Sabah al-Khalid
Kyrgyzstan|Kyrgyz|Kyrgyz|Bishkek|Sadyr Japarov
Latvia|Latvian|Latvians|Riga|Krišjānis Kariņš
Lebanon|Lebanese|Lebanese|Beirut|Saad Hariri;Najib Mikati
Liberia|Liberian|Liberians|Monrovia|George Weah
Libya|Libyan|Libyans|Tripoli|Fayez al-Sarraj
Lithuania|Lithuanian|Lithuanians|Vilnius|Gitanas Nausėda
Malawi|Malawian|Malawians|Lilongwe|Lazarus Chakwera
Malaysia|Malaysian|Malaysians|Kuala Lumpur|Mahathir Mohamad;Anwar Ibrahim
Mali|Malian|Malians|Bamako|Ibrahim Boubacar Keïta
Mexico|Mexican|Mexicans|Mexico City|Enrique Peña Nieto;Claudia Sheinbaum
Moldova|Moldovan|Moldovans|Chișinău|Maia Sandu
Mongolia|Mongolian|Mongolians|Ulaanbaatar|Ukhnaagiin Khürelsükh
Morocco|Moroccan|Moroccans|Rabat|Saadeddine Othmani
Mozambique|Mozambican|Mozambicans|Maputo|Filipe Nyusi
Nepal|Nepali|Nepalis|Kathmandu|Sher Bahadur Deuba
the Netherlands|Dutch|Dutch|The Hague|Mark Rutte
Nicaragua|Nicaraguan|Nicaraguans|Managua|Daniel Ortega
Nigeria|Nigerian|Nigerians|Abuja|Muhammadu Buhari;Bola Tinubu
North Korea|North Korean|North Koreans|Pyongyang|Kim Jong Un
Norway|Norwegian|Norwegians|Oslo|Jens Stoltenberg
Oman|Omani|Omanis|Muscat|Badr al-Busaidi
Pakistan|Pakistani|Pakistanis|Islamabad|Imran Khan;Nawaz Sharif
Panama|Panamanian|Panamanians|Panama City|Laurentino Cortizo
Paraguay|Paraguayan|Paraguayans|Asunción|Horacio Cartes
Peru|Peruvian|Peruvians|Lima|Pedro Castillo
the Philippines|Philippine|Filipinos|Manila|Rodrigo Duterte;Ferdinand Marcos
Poland|Polish|Poles|Warsaw|Andrzej Duda;Donald Tusk
Portugal|Portuguese|Portuguese|Lisbon|António Costa
Qatar|Qatari|Qataris|Doha|Mohammed bin Abdulrahman
Romania|Romanian|Romanians|Bucharest|Klaus Iohannis
Russia|Russian|Russians|Moscow|Vladimir Putin;Sergei Lavrov
Rwanda|Rwandan|Rwandans|Kigali|Paul Kagame
Saudi Arabia|Saudi|Saudis|Riyadh|Mohammed bin Salman
Senegal|Senegalese|Senegalese|Dakar|Macky Sall
Serbia|Serbian|Serbs|Belgrade|Aleksandar Vučić
Sierra Leone|Sierra Leonean|Sierra Leoneans|Freetown|Ernest Bai Koroma
Slovakia|Slovak|Slovaks|Bratislava|Robert Fico
Slovenia|Slovenian|Slovenians|Ljubljana|Janez Janša
Somalia|Somali|Somalis|Mogadishu|Hassan Sheikh Mohamud
South Africa|South African|South Africans|Pretoria|Cyril Ramaphosa;Jacob Zuma
South Korea|South Korean|South Koreans|Seoul|Moon Jae-in;Park Geun-hye
South Sudan|South Sudanese|South Sudanese|Juba|Salva Kiir
Spain|Spanish|Spaniards|Madrid|Pedro Sánchez;Mariano Rajoy
Sri Lanka|Sri Lankan|Sri Lankans|Colombo|Gotabaya Rajapaksa
Sudan|Sudanese|Sudanese|Khartoum|Omar al-Bashir
Sweden|Swedish|Swedes|Stockholm|Stefan Löfven
Switzerland|Swiss|Swiss|Bern|Ignazio Cassis
Syria|Syrian|Syrians|Damascus|Bashar al-Assad
Taiwan|Taiwanese|Taiwanese|Taipei|Tsai Ing-wen
Tajikistan|Tajik|Tajiks|Dushanbe|Emomali Rahmon
Tanzania|Tanzanian|Tanzanians|Dodoma|John Magufuli
Thailand|Thai|Thais|Bangkok|Prayuth Chan-ocha
Tunisia|Tunisian|Tunisians|Tunis|Kais Saied
Turkey|Turkish|Turks|Ankara|Recep Tayyip Erdogan
Turkmenistan|Turkmen|Turkmens|Ashgabat|Gurbanguly Berdymukhamedov
Uganda|Ugandan|Ugandans|Kampala|Yoweri Museveni
Ukraine|Ukrainian|Ukrainians|Kyiv|Volodymyr Zelenskiy;Petro Poroshenko
the United Arab Emirates|Emirati|Emiratis|Abu Dhabi|Mohammed bin Zayed
the United States|American|Americans|Washington|Donald Trump;Barack Obama;Joe Biden
Uruguay|Uruguayan|Uruguayans|Montevideo|Luis Lacalle Pou
Uzbekistan|Uzbek|Uzbeks|Tashkent|Shavkat Mirziyoyev
Venezuela|Venezuelan|Venezuelans|Caracas|Nicolás Maduro
Vietnam|Vietnamese|Vietnamese|Hanoi|Nguyen Phu Trong
Yemen|Yemeni|Yemenis|Sanaa|Abdrabbuh Mansur Hadi
Zambia|Zambian|Zambians|Lusaka|Edgar Lungu
Zimbabwe|Zimbabwean|Zimbabweans|Harare|Robert Mugabe;Emmerson Mnangagwa
"""
OTHER_NAMES = {  # what stands in texts but is never put into one
    "the United States": ["the US", "the U.S.", "U.S.", "US", "America"],
    "Britain": ["the United Kingdom", "the UK", "UK"],
    "Turkey": ["Türkiye"],
    "Ukraine": ["Kiev"],
    "the United Arab Emirates": ["the UAE"],
}
# Groups that may stand for one another: same grammatical number within a line.
GROUPS = [
    [
        "Hamas",
        "Hezbollah",
        "Boko Haram",
        "Al-Shabab",
        "Islamic Jihad",
        "al-Qaeda",
        "Islamic State",
        "the LRA",
        "the PKK",
        "the FARC",
        "the ELN",
        "the M23",
        "Abu Sayyaf",
        "Jabhat al-Nusra",
        "Lashkar-e-Taiba",
        "the Lord's Resistance Army",
        "UNITA",
        "the IRA",
        "ETA",
    ],
    [
        "the Houthis",
        "Houthi rebels",
        "the Taliban",
        "Taliban fighters",
        "Islamist militants",
        "separatist rebels",
        "Maoist rebels",
        "Kurdish fighters",
        "Tuareg rebels",
        "Shining Path guerrillas",
        "jihadists",
        "insurgents",
        "Islamic State militants",
        "Naxalite guerrillas",
    ],
    [
        "the United Nations",
        "the European Union",
        "the African Union",
        "NATO",
        "ASEAN",
        "ECOWAS",
        "the Arab League",
        "the IMF",
        "the World Bank",
        "the OSCE",
        "the European Commission",
        "the International Criminal Court",
        "the UN Security Council",
        "the International Monetary Fund",
        "the Organization of American States",
        "the Gulf Cooperation Council",
        "the World Health Organization",
        "UNHCR",
        "UNICEF",
        "the UN",
    ],
    [
        "Amnesty International",
        "Human Rights Watch",
        "Greenpeace",
        "the Red Cross",
        "Doctors Without Borders",
        "Transparency International",
        "Reporters Without Borders",
        "Oxfam",
    ],
    [
        "Facebook",
        "Google",
        "Huawei",
        "Gazprom",
        "Shell",
        "Boeing",
        "Microsoft",
        "ExxonMobil",
        "Siemens",
        "TotalEnergies",
    ],
]
FIRST = "Ahmed Ali Amina Ana Andrei Anna Antonio Boris Carlos Chen Daniel David Elena Emma Fatima Fernando Grace Hassan Ibrahim Igor Ivan James Jean John Jorge José Joseph Julia Karim Khalid Laura Lena Leila Li Luis Maria Mark Martin Michael Mohammed Mustafa Natalia Nguyen Nikolai Omar Park Paul Pedro Peter Ramon Rashid Robert Samuel Sara Sergei Stefan Sunil Thomas Viktor Wang William Yusuf Zoltan".split()
LAST = "Abbas Abdullah Adeyemi Ahmadi Alvarez Andersen Baptiste Becker Bello Berisha Castillo Chan Chaudhry Chen Cohen Costa Cruz Davies Diallo Dimitrov Dlamini Fernandez Fischer Fofana Garcia Gomez Haddad Hansen Hasanov Hernandez Horvat Hoxha Hussein Ivanov Jansen Johnson Kamara Karimov Keita Khan Kim Kovacs Kowalski Kumar Lee Lopez Mahmoud Martin Mbeki Mendes Meyer Morales Moreau Mutasa Nakamura Ndiaye Nguyen Novak Okafor Okello Petrov Popescu Rahman Ramirez Rossi Salazar Sato Schmidt Sharma Silva Singh Smith Sokolov Suarez Tanaka Taylor Torres Traore Vasquez Weber Wilson Yilmaz Zhang".split()


class Country:
    def __init__(self, line: str) -> None:
        name, self.adjective, self.people, self.capital, leaders = line.split("|")
        self.article = name.startswith("the ")
        self.name = name.removeprefix("the ")
        self.full = name
        self.leaders = leaders.split(";")


ALL = [Country(line) for line in COUNTRIES.strip().splitlines()]
_FORMS: dict[str, tuple[Country, str]] = {}
for _c in ALL:
    for _form, _kind in [
        (_c.name, "name"),
        (_c.capital, "capital"),
        (_c.people, "people"),
        (_c.adjective, "adjective"),
    ]:
        _FORMS[_form] = (_c, _kind)
    for _other in OTHER_NAMES.get(_c.full, []):
        _FORMS[_other.removeprefix("the ")] = (_c, "name")
    for _leader in _c.leaders:
        _FORMS[_leader] = (_c, "leader")
_FORMS["US"] = _FORMS["U.S."] = (_FORMS["American"][0], "us")
_GROUP = {m.removeprefix("the "): (i, m.startswith("the ")) for i, g in enumerate(GROUPS) for m in g}
_WORDS = sorted([*_FORMS, *_GROUP], key=len, reverse=True)
_PATTERN = re.compile(
    r"(?<![\w-])(?:(?P<the>[Tt]he )|(?P<an>[Aa]n? ))?(?P<x>"
    + "|".join(map(re.escape, _WORDS))
    + r")(?!\w)(?P<s>['’]s?(?!\w))?(?P<adj>(?=[ -][a-z]))?"
)


def replacements(
    text: str, people: list[list[int]], rng: random.Random, share: float = 0.8
) -> list[tuple[int, int, str]]:
    """Choose what of a text is replaced by what: [start, end, new words], in order, not overlapping."""
    chosen: dict[str, Country] = {}
    pool = rng.sample(ALL, len(ALL))
    groups: dict[str, str] = {}
    out: list[tuple[int, int, str]] = []
    keep = {c.full for c in ALL if rng.random() > share}
    for m in _PATTERN.finditer(text):
        word, start = m["x"], m.start()
        capital = text[start].isupper() and (m["the"] or m["an"])
        if word in _GROUP:
            number, with_the = _GROUP[word]
            if bool(m["the"]) != with_the or rng.random() > share:
                continue
            new = groups.setdefault(word, rng.choice(GROUPS[number]))
            if not with_the and new.startswith("the ") and m["an"]:
                continue
            out.append((m.start("x") - (4 if with_the else 0), m.end("x"), _cap(new, text, start)))
            continue
        country, kind = _FORMS[word]
        if country.full in keep:
            continue
        if country.full not in chosen:
            chosen[country.full] = pool.pop()
        other = chosen[country.full]
        if kind == "us":  # "U.S. officials" as adjective, "the US" as name
            kind = "name" if m["the"] and not m["adj"] else "adjective" if m["adj"] else "name"
        if kind == "people" and country.people == country.adjective:
            kind = "people" if m["the"] and not m["adj"] else "adjective"
        if kind == "people" and other.people == other.adjective and not m["the"]:
            new = other.adjective + " citizens"
        elif kind == "people":
            new = other.people
        elif kind == "capital":
            new = other.capital
        elif kind == "leader":
            new = rng.choice(other.leaders)
        elif kind == "adjective":
            new = other.adjective
        else:
            new = other.name
        lead = m["the"] or m["an"] or ""
        if kind == "name":
            lead = "the " if other.article or (m["the"] and m["adj"] and not m["s"]) else ""
            if _headline(text) and not m["the"]:
                lead = ""
        elif m["an"]:
            lead = "an " if new[0] in "AEIO" else "a "
        lead = lead[:1].upper() + lead[1:] if capital or start == 0 else lead
        if lead != text[start : m.start("x")]:
            out.append((start, m.start("x"), lead))
        out.append((m.start("x"), m.end("x"), new))
        if m["s"]:
            bare = new.endswith("s") and kind == "people"
            if bare != (len(m["s"]) == 1):
                out.append((m.end("x"), m.end(), "'" if bare else "'s"))
    # Names of persons that are no leaders of the table
    taken = [(a, b) for a, b, _ in out]
    surnames: dict[str, str] = {}
    for a, b in people:
        words = text[a:b].split(" ")
        if any(s < b and e > a for s, e in taken) or rng.random() > share or not 1 <= len(words) <= 3:
            continue
        if not all(w[:1].isupper() and w.replace("-", "").isalpha() for w in words) or words[0].isupper():
            continue
        known = surnames.get(words[-1])
        if known is None:
            known = surnames[words[-1]] = rng.choice(LAST)
        out.append((a, b, known if len(words) == 1 else f"{rng.choice(FIRST)} {known}"))
    out.sort()
    return out


def _headline(text: str) -> bool:
    return not text.rstrip().endswith((".", "?", "!", '"', "”"))


def _cap(new: str, text: str, start: int) -> str:
    return new[0].upper() + new[1:] if start == 0 or text[start : start + 4] == "The " else new


class Substituted:
    """A text with replacements made, and the way from old to new offsets."""

    def __init__(self, text: str, changes: list[tuple[int, int, str]]) -> None:
        self.changes = changes
        parts, at = [], 0
        for start, end, new in changes:
            parts += [text[at:start], new]
            at = end
        self.text = "".join([*parts, text[at:]])

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where the words [start, end) are now; a boundary inside a replacement goes to its edge."""
        return self._at(start, False), self._at(end, True)

    def _at(self, offset: int, is_end: bool) -> int:
        shift = 0
        for start, end, new in self.changes:
            if offset < start or (offset == start and not is_end) or (is_end and offset <= start):
                break
            if offset >= end:
                shift += len(new) - (end - start)
                continue
            if is_end:
                return start + shift + len(new)
            lead = 4 if new[:4].lower() == "the " else 0  # spans leave out articles
            return start + shift + lead
        return offset + shift
