"""Texts that an installation or a tenant puts in the place of those that ship."""

from __future__ import annotations

from importlib.metadata import entry_points

import pytest
from attrs import evolve

from eszkola_core.domain.messages import MessageKind
from eszkola_core.errors import InvalidValue
from eszkola_jinja import JinjaRenderer
from eszkola_jinja.plugin import renderer as renderer_from


@pytest.fixture
def put(tmp_path):
    """Return a writer of files into a folder of overrides."""

    def write(name, content):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def test_an_override_replaces_one_entry_and_leaves_the_rest(renderer, tenant, message, put, tmp_path):
    """Only the subject that the folder states is another; text and HTML, and other languages, stay."""
    put("pl.toml", '[recovery]\nsubject = "Nowe hasło do {{ tenant }}"\n')
    own = JinjaRenderer(tmp_path)
    shipped = renderer.email(message(MessageKind.RECOVERY), tenant)

    email = own.email(message(MessageKind.RECOVERY), tenant)

    assert email.subject == "Nowe hasło do Opolska eSzkoła"
    assert email.text == shipped.text
    assert email.html == shipped.html.replace(shipped.subject, email.subject)
    assert own.email(message(MessageKind.RECOVERY, "sl"), tenant) == renderer.email(
        message(MessageKind.RECOVERY, "sl"), tenant
    )


def test_a_tenant_has_texts_of_its_own_over_those_for_all(tenant, message, put, tmp_path):
    """A folder called by the tenant's key speaks for that tenant alone, over the folder for all."""
    put("pl.toml", 'hello = "Witaj, {{ name }}!"\ncopy = "Adres:"\n')
    put("opole/pl.toml", 'hello = "Cześć, {{ name }}!"\n')
    own = JinjaRenderer(tmp_path)
    one = message(MessageKind.RECOVERY)

    here, elsewhere = own.email(one, tenant), own.email(one, evolve(tenant, key="gorzow"))

    assert here.text.startswith("Cześć, Łucja Żółkiewska!")
    assert elsewhere.text.startswith("Witaj, Łucja Żółkiewska!")
    assert "Adres:" in str(here.html)
    assert "Adres:" in str(elsewhere.html)


@pytest.mark.parametrize("key", ["..", ".", "", "opole/../opole", "/"])
def test_a_tenants_key_is_no_path(worded, tenant, message, put, key):
    """A key that would lead out of the folder finds no texts there."""
    folder = put("opole/pl.toml", 'hello = "Cześć, {{ name }}!"\n').parent.parent

    email = JinjaRenderer(folder).email(message(MessageKind.RECOVERY), evolve(tenant, key=key))

    assert email == worded(MessageKind.RECOVERY)


def test_a_layout_is_replaced_whole(tenant, message, put, tmp_path):
    """A tenant's own page gets all parts, escaped, and the text stays as it ships."""
    parts = "{{ hello }}{{ before }}{{ facts }}{{ accounts }}{{ link }}{{ after }}{% if safe_use %}+{% endif %}"
    put("layout.html", f"<h1>{parts}</h1>")
    own = JinjaRenderer(tmp_path)

    email = own.email(message(MessageKind.RECOVERY, name="<b>"), tenant)

    assert str(email.html).startswith("<h1>Dzień dobry, &lt;b&gt;![")
    assert email.text.startswith("Dzień dobry, <b>!")


def test_markup_in_a_text_is_shown_as_it_is_written(tenant, message, put, tmp_path):
    """Texts are words: HTML belongs into the layout."""
    put("pl.toml", '[recovery]\nafter = ["<b>R&D</b>", "{% if name == \'x\' %}tylko x{% endif %}"]\n')
    email = JinjaRenderer(tmp_path).email(message(MessageKind.RECOVERY), tenant)

    assert "<b>R&D</b>\n" in email.text
    assert "<p>&lt;b&gt;R&amp;D&lt;/b&gt;</p>" in str(email.html)
    assert "<p></p>" not in str(email.html)


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("pl.toml", "hello = ", "this is not TOML"),
        ("pl.toml", b"hello = '\xb1'", "UTF-8"),
        ("pl.toml", "helo = 'x'", "helo: nobody reads"),
        ("pl.toml", "[recover]\nsubject = 'x'", "recover.subject: nobody reads"),
        ("pl.toml", "[recovery]\nsubject = ['x']", "recovery.subject: here belongs one text"),
        ("pl.toml", "[recovery]\nsubject = ' '", "recovery.subject: here belongs one text, not empty"),
        ("pl.toml", "[recovery]\nafter = 'x'", "recovery.after: here belongs a list of texts"),
        ("pl.toml", "[recovery]\nafter = [1]", "recovery.after: here belongs a list of texts"),
        ("pl.toml", "[recovery]\nfacts = [['Login']]", "recovery.facts: here belongs a list of pairs"),
        ("pl.toml", "[recovery]\nwith-safe-use = 'no'", "recovery.with-safe-use: here belongs true or false"),
        ("pl.toml", "hello = 'Witaj!'", "hello: neither here nor beside it stands {{ name }}"),
        ("pl.toml", "hello = '{{ name }} {{ login }}'", "hello: there is no login here"),
        ("pl.toml", "[recovery]\nsubject = '{{ days }}'", "recovery.subject: there is no days here"),
        ("pl.toml", "[recovery]\nsubject = '{{ days'", "recovery.subject: line 1"),
        ("pl.toml", "[recovery]\nsubject = '{{ name | shout }}'", "recovery.subject: line 1"),
        ("pl.toml", "[recovery]\nsubject = '{{ name | round }}'", "recovery.subject: cannot be filled in"),
        ("pl.toml", "[recovery]\nsubject = '{{ 1 // 0 }}'", "recovery.subject: cannot be filled in"),
        ("pl.toml", "[recovery]\nfacts = []", "stands {{ login }}, {{ until }}"),
        ("pl.toml", "[password-expires]\nsubject = \"{{ days | counted('dzień') }}\"", "takes 3 forms"),
        ("opole/sl.toml", "helo = 'x'", "helo: nobody reads"),
        (
            "layout.html",
            "<p>{{ hello }}",
            "stands {{ accounts }}, {{ after }}, {{ before }}, {{ facts }}, {{ link }}, {{ safe_use }}",
        ),
        ("layout.html", "{{ hello }", "line 1"),
        ("layout.txt", "{% include 'x' %}", "layout.txt: neither"),
        (
            "layout.txt",
            "{{ hello }}{{ before }}{{ facts }}{{ accounts }}{{ link }}{{ after }}{{ safe_use }}{% include 'x' %}",
            "layout.txt: cannot be filled in",
        ),
        ("layout.txt", "{{ helo }}", "there is no helo here"),
        ("de.toml", "hello = 'x'", "texts are read from"),
        ("opole/recovery.txt", "x", "texts are read from"),
    ],
)
def test_a_broken_override_is_told_at_the_start(put, tmp_path, name, content, says):
    """The error names the file and the entry and says what belongs there, before any message is worded."""
    path = put(name, content)

    with pytest.raises(InvalidValue) as refusal:
        JinjaRenderer(tmp_path)

    assert str(refusal.value).startswith(f"{path}")
    assert says in str(refusal.value)
    assert refusal.value.__suppress_context__ or refusal.value.__context__ is None


def test_other_files_beside_the_texts_are_left_alone(put, tmp_path, renderer, tenant, message):
    """A note about the texts may lie beside them."""
    put("README.md", "who may change these")

    one = message(MessageKind.RECOVERY)
    assert JinjaRenderer(tmp_path).email(one, tenant) == renderer.email(one, tenant)


def test_a_folder_that_is_missing_is_told(tmp_path):
    """A mistyped folder does not mean that nothing is replaced."""
    with pytest.raises(InvalidValue, match="none: there is no such folder"):
        JinjaRenderer(tmp_path / "none")


def test_the_renderer_is_found_by_name(tmp_path, put, tenant, message):
    """The plug-in group names a maker that takes the folder of overrides, relative to the configuration."""
    put("own/pl.toml", 'hello = "Witaj, {{ name }}!"')
    (entry,) = entry_points(group="eszkola.renderer", name="jinja")

    email = entry.load()({"overrides": "own"}, base=tmp_path).email(message(MessageKind.RECOVERY), tenant)

    assert email.text.startswith("Witaj")
    assert renderer_from({}, base=tmp_path).email(message(MessageKind.RECOVERY), tenant).text.startswith("Dzień dobry")


@pytest.mark.parametrize(
    ("options", "names"),
    [({"override": "x"}, "override: no such"), ({"overrides": 1}, "overrides:"), ({"overrides": " "}, "overrides:")],
)
def test_a_wrong_option_is_named(tmp_path, options, names):
    """An unknown or wrong option is told with its key."""
    with pytest.raises(InvalidValue, match=names):
        renderer_from(options, base=tmp_path)
