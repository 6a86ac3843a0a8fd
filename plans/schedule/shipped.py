"""The back-schedules that every organization begins with, to be used, copied and changed.

Each is a table with a step a line: key | title | role | lead | what it is before. Leads are working
days before the earliest of what a step is before; that is keys of other steps with commas between,
and the key date where nothing is named. Roles are free words.
"""

from __future__ import annotations

from dataclasses import dataclass

DATE = "key_date"


@dataclass(frozen=True, slots=True)
class ShippedStep:
    """A step; `before` holds keys of other steps of the same back-schedule, or `key_date`."""

    key: str
    title: str
    role: str
    lead: int
    before: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Shipped:
    """A back-schedule as PlanCraft comes with it; `key` names it for good."""

    key: str
    name: str
    description: str
    steps: tuple[ShippedStep, ...]


def _shipped(key: str, name: str, description: str, table: str) -> Shipped:
    rows = (line.split("|") for line in table.strip().splitlines())
    return Shipped(key, name, description, tuple(_step(*map(str.strip, row)) for row in rows))


def _step(key: str, title: str, role: str, lead: str, before: str) -> ShippedStep:
    others = tuple(other.strip() for other in before.split(",") if other.strip())
    return ShippedStep(key, title, role, int(lead), others or (DATE,))


PRODUCT_LAUNCH = _shipped(
    "product-launch",
    "Product launch",
    "From the message to the first figures of a launch on your own channels, with sales and "
    "service told before customers ask.",
    """
    goal | Agree on the goal, the audience and how success is measured | Champion | 5 | message
    message | Write the message and the proof behind it \
        | Product marketing | 5 | claims, design, copy
    claims | Check every claim with product and legal | Legal | 5 | approval
    design | Design visuals, video and alt text | Design | 8 | approval
    copy | Write the posts, the page and the newsletter | Content | 6 | approval
    page | Build the landing page with tracked links | Web | 5 | rehearsal
    approval | Final approval of copy and visuals | Approver | 4 | schedule, service, page
    service | Brief customer service: questions, answers, who decides \
        | Customer service | 3 | rehearsal
    sales | Brief sales and partners, with what they may share | Sales | 2 |
    schedule | Schedule every post and its companion | Social media | 2 | rehearsal
    rehearsal | Walk through the day: links, times, who answers replies | Champion | 1 |
    """,
)

NEWS_RELEASE_EMBARGO = _shipped(
    "news-release-embargo",
    "News release with embargo",
    "Media first, everyone at the same minute: facts and quotes cleared, journalists briefed "
    "under embargo, own channels only once it has lifted. The key date is the moment the "
    "embargo lifts.",
    """
    angle | Agree on the news, the angle and the spokesperson | Media relations | 3 | draft
    draft | Draft the release and the questions and answers | Media relations | 3 | facts, quotes
    facts | Have facts and figures confirmed by their owners | Subject expert | 2 | legal
    quotes | Have quotes released by those quoted | Executive office | 2 | legal
    legal | Legal and disclosure review | Legal | 3 | release-approval
    release-approval | Approve the release word for word \
        | Approver | 2 | media-brief, social, newsroom
    media-list | Choose the journalists to brief, and who calls whom \
        | Media relations | 1 | media-brief
    media-brief | Brief media under embargo, in writing | Media relations | 2 |
    spokesperson | Prepare the spokesperson for hard questions | Media relations | 1 | media-brief
    social | Write companion posts, held until the embargo lifts | Social media | 1 | staff
    newsroom | Set the newsroom page to appear at the minute | Web | 1 |
    staff | Tell staff and partners just before the public | Internal communications | 0 |
    """,
)

REGULATED_CAMPAIGN = _shipped(
    "regulated-campaign",
    "Regulated campaign with principal approval",
    "For banks and brokerages: disclosures written with the copy, a registered principal "
    "approves before first use, and what was approved is kept with who approved it.",
    """
    brief | Write the brief: product, audience, channels, period of use | Marketing | 4 | classify
    classify | Classify the communication: retail, institutional or correspondence \
        | Compliance | 2 | copy, design
    copy | Write the copy with balanced benefits and risks | Content | 6 | disclosures
    sources | Collect the source of every rate, rank and performance figure \
        | Product | 3 | disclosures
    disclosures | Add disclosures that fit each format, not only the landing page \
        | Compliance | 4 | legal
    design | Design with disclosures legible on a phone | Design | 7 | legal
    legal | Legal review | Legal | 5 | principal
    principal | Registered principal approves each piece before first use \
        | Registered principal | 3 | filing, publish-plan, training
    filing | File with the regulator where the product asks for it | Compliance | 10 |
    training | Tell branches and advisers what they may share and may not | Branches | 2 |
    replies | Agree on replies: what is answered, what is moved to a private channel \
        | Compliance | 2 | publish-plan
    publish-plan | Schedule the approved pieces, exactly as approved | Social media | 2 | archive
    archive | Check that every piece and its approval are archived | Records | 1 |
    """,
)

EVENT_TWO_DEPARTMENTS = _shipped(
    "event-two-departments",
    "Event of two departments",
    "One event, two departments, one voice: who owns what is settled before anything is "
    "booked, and what is said is agreed by both.",
    """
    owner | Name one owner of the event and one contact in each department | Champion | 3 | purpose
    purpose | Agree on purpose, audience and what each department brings \
        | Both departments | 5 | collision, budget
    collision | Look for other events on the same day and for the same people | Events | 2 | venue
    budget | Agree who pays for what | Both departments | 5 | venue
    venue | Book venue, access and catering | Events | 20 | invitation
    speakers | Confirm speakers, with their consent to be shown | Events | 10 | programme
    invitation | Send the invitation in both names | Communications | 15 |
    programme | Publish the programme | Communications | 10 |
    posts | Agree on the posts: same words, same tag, who posts first \
        | Both departments | 5 | approval
    approval | Approve posts and printed matter | Approver | 3 | print
    print | Print signs and badges | Design | 3 |
    run-sheet | Write the run sheet: who is where, when, with which number | Events | 2 | briefing
    briefing | Brief everyone who works at the event | Events | 1 |
    """,
)

NEWSLETTER = _shipped(
    "newsletter",
    "Newsletter",
    "One issue from the list of topics to the send, with a test on real devices before it leaves.",
    """
    topics | Choose topics and their order | Editor | 4 | texts
    texts | Collect and edit the texts | Content | 3 | subject, layout
    pictures | Choose pictures and write alt text | Design | 1 | layout
    subject | Write two subject lines and a preview text | Editor | 1 | test
    layout | Lay out the issue | Design | 1 | proofread
    proofread | Proofread names, dates, links and figures | Second reader | 1 | approval
    approval | Approve the issue | Approver | 1 | test
    audience | Check the list: unsubscribed people are out, new ones are in | Data | 1 | test
    test | Send a test to phone, desktop and a dark screen | Editor | 1 |
    companion | Prepare the post that points to the issue | Social media | 0 |
    """,
)

CRISIS_STATEMENT = _shipped(
    "crisis-statement",
    "Crisis statement",
    "The same day, in order: facts before words, those concerned before the public, one "
    "voice. All leads are zero because hours count; the order is what matters.",
    """
    pause | Stop every scheduled post and advertisement | Social media | 0 | holding
    facts | Write down what is known, what is not, and who is finding out \
        | Incident lead | 0 | holding
    team | Call the crisis team and name the one who speaks | Champion | 0 | holding
    concerned | Tell those concerned before anyone reads it | Incident lead | 0 | statement
    holding | Approve and post a holding line: we know, we are looking, next word when \
        | Spokesperson | 0 | statement
    legal | Check the statement against duties to report | Legal | 0 | approval
    statement | Write the statement: what happened, what we do, what people can do \
        | Communications | 0 | legal, questions
    questions | Write answers to the ten hardest questions | Communications | 0 | approval
    approval | Approve the statement word for word | Executive | 0 | staff
    staff | Tell staff first, with what they may say | Internal communications | 0 |
    listening | Set up listening, and who answers replies by when | Social media | 0 |
    """,
)

SOFTWARE_RELEASE = _shipped(
    "software-release",
    "Software release communications",
    "Around the day of a release: notes that users understand, upgrade paths tested, users of "
    "what goes away warned early enough to act.",
    """
    scope | Agree on the highlights and what is not in it \
        | Release manager | 10 | notes, announcement
    deprecations | Announce what changes or goes away, and what to do | Developer relations | 20 |
    freeze | Feature freeze: what is described will not change any more \
        | Engineering | 3 | docs, notes
    docs | Bring documentation and screenshots up to date | Documentation | 5 | review
    notes | Write release notes by what users can do now | Documentation | 5 | review
    upgrade | Have the upgrade guide tried by someone who did not write it | Support | 4 | review
    announcement | Write the announcement and the demo | Developer relations | 5 | review
    review | Technical review of everything that is said | Engineering | 3 | approval
    approval | Approve announcement and notes | Approver | 2 | schedule
    support | Brief support: known issues and their workarounds | Support | 2 |
    partners | Give packagers and partners their advance notice | Release manager | 5 |
    schedule | Schedule posts, mailing lists and the status page | Social media | 1 |
    go | Go or no-go, in writing | Release manager | 0 |
    """,
)

QUARTERLY_RESULTS = _shipped(
    "quarterly-results",
    "Quarterly results with quiet period",
    "To the day results are published: the quiet period announced and kept on every channel, "
    "figures closed before words, everyone told at the same moment.",
    """
    calendar | Publish the date and enter the quiet days in the calendar \
        | Investor relations | 10 | quiet
    quiet | Quiet period begins: remind everyone who posts, and who may speak \
        | Investor relations | 1 | scheduled
    scheduled | Go through scheduled posts and take out what could be read as guidance \
        | Social media | 15 |
    figures | Figures closed by finance | Finance | 5 | draft
    draft | Draft release, slides and script with one set of figures \
        | Investor relations | 3 | reconcile
    reconcile | Check every figure in every document against the source | Finance | 2 | committee
    legal | Disclosure review, with forward-looking statements | Legal | 2 | committee
    committee | Audit committee and board approve | Board secretary | 2 | posts, staff
    posts | Write posts and graphics from the approved figures only | Communications | 1 | rehearse
    rehearse | Rehearse call and questions | Investor relations | 1 |
    staff | Prepare the note to staff, to be sent after publication | Internal communications | 0 |
    wire | Load the release at the wire, time checked by two people | Investor relations | 0 |
    """,
)

AWARENESS_CAMPAIGN = _shipped(
    "awareness-campaign",
    "Awareness campaign",
    "A campaign of several weeks for a cause: partners early, stories with consent, and a "
    "look at the figures planned before it begins.",
    """
    aim | Say what people should know, feel or do afterwards | Champion | 5 | partners, stories
    partners | Ask partners what they will share, and when | Partnerships | 15 | calendar
    stories | Collect stories, with written consent | Content | 10 | copy
    copy | Write the series so that each piece stands alone | Content | 7 | access, approval
    design | Design templates for every format | Design | 7 | access
    access | Check captions, alt text, contrast and plain words | Accessibility | 3 | approval
    approval | Approve the series | Approver | 4 | calendar
    calendar | Put the series in the calendar, with gaps left for what comes up | Social media | 3 |
    measure | Note today's figures, to compare with later | Analytics | 1 |
    toolkit | Send partners their toolkit | Partnerships | 2 |
    """,
)

SHIPPED: tuple[Shipped, ...] = (
    PRODUCT_LAUNCH,
    NEWS_RELEASE_EMBARGO,
    REGULATED_CAMPAIGN,
    EVENT_TWO_DEPARTMENTS,
    NEWSLETTER,
    CRISIS_STATEMENT,
    SOFTWARE_RELEASE,
    QUARTERLY_RESULTS,
    AWARENESS_CAMPAIGN,
)
