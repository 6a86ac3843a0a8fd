"""What Northlake says. Short, plain, and enough of it that no two weeks read alike."""

from __future__ import annotations

from dataclasses import dataclass

TOWNS = ("Millbrook", "Eastport", "Harlow", "Fenwick", "Quarry Bay", "Linden", "Oak Hill")
SITE = "https://www.northlake.example"


@dataclass(frozen=True)
class Text:
    """Title, words and link of one story."""

    title: str
    copy: str
    link: str = ""


FACEBOOK = (
    (
        "{town}: the person behind the counter",
        "Dana has answered questions in {town} for nine years. Ask her the one you never dared to.",
    ),
    (
        "{town} is open late on Thursday",
        "Until 19:00, with coffee. Bring the letter you did not understand.",
    ),
    (
        "What a standing order costs in {town}",
        "Nothing. It costs nothing anywhere. Here is how to set one up in two minutes.",
    ),
    (
        "Saturday market in {town}: find our table",
        "We bring the calculator, you bring the numbers. No appointment, no brochure.",
    ),
    (
        "{town} asked, we answered: card abroad",
        "Two fees, both listed, one of them avoidable. The whole answer fits on one page.",
    ),
)
LINKEDIN = (
    ("Why we still open branches", "Because a mortgage is the longest letter most people sign."),
    ("What our apprentices changed this quarter", "Three forms became one. They wrote it."),
    ("How we price a small business loan", "Four numbers, in the order in which we look at them."),
    ("Notes from the branch managers’ day", "Eleven things to stop doing, and the two we kept."),
    ("Compliance in plain words", "What the rule asks, what it costs, and what we do about it."),
    ("A week without jargon", "We counted: 214 words that nobody outside this bank uses."),
    ("Who decides on your loan", "A person, by name, with a telephone that is answered."),
    ("What regional means to us", "Deposits from seven towns, lent in seven towns."),
    (
        "Hiring for the desk in {town}",
        "The work, the hours, the pay, and who you would sit beside.",
    ),
)
X = (
    (
        "Rates this morning",
        "Thirty-year fixed, five-year fixed, savings. Three numbers, no asterisk.",
    ),
    ("One term a day: escrow", "Money that a third party holds until both sides did their part."),
    ("One term a day: points", "Interest you pay at the start so as to pay less of it later."),
    ("Service note: cards", "Card replacement takes three days again. Thank you for the patience."),
    ("One term a day: rate lock", "A promise about your rate, with a date on it. Read the date."),
    ("Branch hours for the holiday", "Closed on the holiday, open until 19:00 the day before."),
    ("One term a day: equity", "What is yours of the house. It grows slower than the garden."),
)
INSTAGRAM = (
    ("First keys: {name} in {town}", "Two years of saving, one morning at the notary."),
    ("Five costs people forget", "Survey, notary, locksmith, curtains, pizza. Swipe for amounts."),
    ("The kitchen that decided it", "{name} saw nine flats. This is the tenth."),
    ("What to ask at a viewing", "Which way does the bedroom face? Who lives above? Any damp?"),
    ("Moving day in {town}", "Three friends, one van, a plant that nearly did not make it."),
    ("Ask {name}: how long did saving take", "Four years. Then one, after we wrote down the why."),
)
BLOG = (
    ("Savings rates, explained", "Why the number in the window is not the number you get."),
    ("How much house can you afford", "A pencil, a page, and the three lines that matter."),
    ("The letter after the offer", "What it says, what it means, and what to sign."),
    ("Renting or buying in {town}", "We did the sum for a two-room flat. It surprised us too."),
    ("Read your statement in four minutes", "Where to look first, and what you can skip."),
)
HOME_FACEBOOK = (
    (
        "Home buyer evening in {town}",
        "Six chairs, two advisers, every question. Thursday at 18:30.",
    ),
    ("First home in {town}: what it took", "Their numbers, with their permission."),
    ("Bring your questions to {town}", "The notary comes too."),
)
NEWSLETTER = (("Front Door no. {number}", "Three things worth knowing before the weekend."),)
YOUTUBE = (("Two minutes on {topic}", "One adviser, one whiteboard, one take."),)
FOUNDATION_INSTAGRAM = (
    ("{town} library gets its shelves", "A grant of 2,400 and a lot of sawdust."),
    ("The choir of {town} has a piano again", "It took four people and one narrow staircase."),
    ("Who applied this week", "A football pitch, a repair café, and a bee garden in {town}."),
)
FOUNDATION_FACEBOOK = (
    ("How to apply: {town} edition", "Two pages, one deadline, and a person who reads all of it."),
    ("What a small grant did in {town}", "Thirty raincoats for the walking bus."),
)
NEWSROOM = (("Northlake publishes lending figures", "Loans by town, as every quarter."),)

POOLS: dict[tuple[str, str], tuple[tuple[str, str], ...]] = {
    ("everyday", "fb"): FACEBOOK,
    ("everyday", "li"): LINKEDIN,
    ("everyday", "x"): X,
    ("everyday", "mail"): NEWSLETTER,
    ("everyday", "yt"): YOUTUBE,
    ("home", "ig"): INSTAGRAM,
    ("home", "blog"): BLOG,
    ("home", "fb"): HOME_FACEBOOK,
    ("home", "news"): NEWSROOM,
    ("grants", "figig"): FOUNDATION_INSTAGRAM,
    ("grants", "figfb"): FOUNDATION_FACEBOOK,
}
NAMES = ("Rosa and Tim", "Adaeze", "Peter", "the Lunds", "Mira", "Joel and Ana", "Yusuf")
TOPICS = ("rate locks", "joint accounts", "card limits", "the notary", "inheritance", "fees")


def text_for(plan: str, channel: str, number: int) -> Text:
    """The text of the `number`-th story of this plan on this channel; always the same one."""
    pool = POOLS[plan, channel]
    title, copy = pool[number % len(pool)]
    words = {
        "town": TOWNS[(number * 3 + len(pool)) % len(TOWNS)],
        "name": NAMES[number * 2 % len(NAMES)],
        "topic": TOPICS[number % len(TOPICS)],
        "number": str(number + 3),
    }
    link = f"{SITE}/{channel}/{number + 1}" if channel in ("blog", "mail", "news", "fb") else ""
    return Text(title.format(**words), copy.format(**words), link)
