"""The marks that every page repeats: who, which state, when, and nobody."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

import pytest
from django import forms
from django.http import QueryDict
from django.template import Context, Template
from django.utils import timezone

from people.templatetags import plancraft as marks

MAYA = SimpleNamespace(initials="MO", tone=2, name="Maya <Okafor>")
TODAY = dt.date(2027, 3, 12)


def render(source: str, **context: object) -> str:
    return Template("{% load plancraft %}" + source).render(Context(context))


def test_icon_stands_silent_beside_a_word() -> None:
    assert render('{% icon "inbox" %}') == '<i class="bi bi-inbox"></i>'


def test_icon_alone_is_named_and_escaped() -> None:
    html = render('{% icon "bell" label=label %}', label='"5" <new>')
    assert 'role="img"' in html
    assert "&quot;5&quot; &lt;new&gt;" in html


def test_person_shows_initials_on_their_tone_and_escapes_the_name() -> None:
    html = render("{% person maya %}", maya=MAYA)
    assert "tone-2" in html
    assert ">MO<" in html
    assert "Maya &lt;Okafor&gt;" in html


def test_nobody_has_a_shape_of_its_own() -> None:
    html = render("{% person nobody %}", nobody=None)
    assert "person-nobody" in html
    assert "avatar-nobody" in html
    assert "No one" in html


def test_a_membership_shows_its_user(cast: object) -> None:
    html = render("{% person member %}", member=cast.member)  # type: ignore[attr-defined]
    assert "Maya Member" in html
    assert ">MM<" in html


def test_marks_make_no_query(
    cast: object, django_assert_num_queries: pytest.FixtureRequest
) -> None:
    with django_assert_num_queries(0):  # type: ignore[operator]
        render(
            "{% person m %}{% avatar m 'lg' %}{% status 'draft' %}{% channel_icon 'x' %}",
            m=cast.member,  # type: ignore[attr-defined]
        )


@pytest.mark.parametrize("state", sorted(marks.STATES))
def test_every_state_has_a_shape_a_word_and_a_colour(state: str) -> None:
    html = render("{% status state %}", state=state)
    assert "bi bi-" in html
    assert f"status-{marks.STATES[state].css}" in html
    assert str(marks.STATES[state].word) in html


def test_an_unknown_state_is_shown_as_words_not_as_markup() -> None:
    assert "&lt;b&gt;" in render("{% status state %}", state="<b>")


def test_short_status_keeps_its_word_for_screen_readers() -> None:
    assert '<span class="visually-hidden">Approved</span>' in render(
        '{% status "approved" short=True %}'
    )


def test_an_unknown_channel_gets_the_icon_of_other() -> None:
    assert "bi-broadcast" in render('{% channel_icon "carrier pigeon" %}')
    assert "bi-instagram" in render('{% channel_icon "instagram" %}')


def test_days_and_times_in_the_design_s_words() -> None:
    instant = dt.datetime(2027, 3, 18, 8, 0, tzinfo=dt.UTC)
    with timezone.override("Europe/Zurich"):
        html = render(
            "{{ at|day }}|{{ at|day_short }}|{{ at|day_long }}|{{ at|clock }}|{{ at|moment }}",
            at=instant,
        )
    assert html == "Thu 18 March|Thu 18 Mar|Thu 18 March 2027|09:00|Thu 18 Mar, 09:00"


def test_no_date_is_shown_as_nothing() -> None:
    assert render("{{ at|day }}{{ at|clock }}{{ at|moment }}{{ at|span }}", at=None) == ""


@pytest.mark.parametrize(
    ("offset", "words"),
    [
        (0, "today"),
        (1, "tomorrow"),
        (-1, "yesterday"),
        (6, "in 6 days"),
        (-2, "2 days ago"),
    ],
)
def test_relative_day(offset: int, words: str) -> None:
    assert marks.relative_day(TODAY + dt.timedelta(days=offset), TODAY) == words


@pytest.mark.parametrize(
    ("minutes", "words"),
    [(0, "1 min"), (45, "45 min"), (120, "2 h"), (140, "2 h 20 min"), (4320, "3 days")],
)
def test_span(minutes: int, words: str) -> None:
    assert marks.span(dt.timedelta(minutes=minutes)) == words


def test_panel_wraps_its_content_and_escapes_its_title() -> None:
    html = render(
        '{% panel title=title count=0 id="yours" %}<p>rows</p>{% endpanel %}', title="<Yours>"
    )
    assert "&lt;Yours&gt;" in html
    assert '<span class="count">0</span>' in html
    assert 'aria-labelledby="h-yours"' in html
    assert "<p>rows</p>" in html


def test_page_head_without_actions_has_no_empty_box() -> None:
    assert "page-actions" not in render('{% page_head "Plans" %} {% endpage_head %}')
    assert "page-actions" in render('{% page_head "Plans" %}<a>New</a>{% endpage_head %}')


class KeyDateForm(forms.Form):
    name = forms.CharField(label="What happens")
    channels = forms.MultipleChoiceField(
        widget=forms.CheckboxSelectMultiple, choices=[("b", "Blog")]
    )


def test_a_form_with_errors_says_them_above_and_at_the_field() -> None:
    html = render("{% load crispy_forms_tags %}{{ form|crispy }}", form=KeyDateForm({}))
    assert "2 things to correct" in html
    assert 'href="#id_name"' in html
    assert 'href="#div_id_channels"' in html
    assert 'id="id_name_error"' in html
    assert "data-focus" in html


def test_a_form_without_errors_has_no_summary() -> None:
    html = render("{% load crispy_forms_tags %}{{ form|crispy }}", form=KeyDateForm())
    assert "error-summary" not in html


def test_query_changes_one_parameter_and_keeps_the_rest() -> None:
    params = QueryDict("plan=2&page=7&q=a%26b")
    assert marks.query(params, page=8) == "?plan=2&page=8&q=a%26b"
    assert marks.query(params, page=None, plan=None) == "?q=a%26b"


def test_browser_is_named_as_people_name_it() -> None:
    edge = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0"
    assert marks.browser(edge) == "Edge, Windows"
    assert marks.browser("curl/8.5") == "curl/8.5"
