import json
import pathlib

import jsonschema
import msgspec
import pytest
from click.testing import CliRunner

from schemas.codec import Unreadable, decode
from schemas.export import asyncapi, documents, json_schemas, kinds_of, unit_of
from schemas.observation import AnyObservation
from schemas.topics import TOPICS
from streams.commands.schemas import command

GENERATED = pathlib.Path("schemas/generated")
EXAMPLES = sorted((pathlib.Path(__file__).parent / "examples").glob("*.json"))
VALUES = {topic.name: topic.value for topic in TOPICS}
DRAFT = jsonschema.Draft202012Validator


def contains(whole, part):
    match part:
        case dict():
            return isinstance(whole, dict) and all(
                k in whole and contains(whole[k], v) for k, v in part.items()
            )
        case list():
            return len(whole) == len(part) and all(map(contains, whole, part))
        case _:
            return whole == part


def references(value):
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for item in value.values():
            yield from references(item)
    elif isinstance(value, list):
        for item in value:
            yield from references(item)


def resolves(document, reference):
    for step in reference.removeprefix("#/").split("/"):
        document = document.get(step) if isinstance(document, dict) else None
    return document is not None


def test_the_committed_documents_are_fresh(root):
    found = {path.name: path.read_text("utf-8") for path in (root / GENERATED).iterdir()}
    assert found == documents(), "stale: run `fenghuo schemas export schemas/generated`"


@pytest.mark.parametrize("name", json_schemas())
def test_every_schema_is_json_schema_2020_12_and_whole(name):
    schema = json_schemas()[name]
    DRAFT.check_schema(schema)
    assert schema["$id"] == f"urn:fenghuo:{name}"
    assert schema["title"]
    assert schema["description"]
    assert all(resolves(schema, reference) for reference in references(schema))


def test_every_struct_says_what_it_is_and_every_number_with_a_unit_carries_it():
    for schema in json_schemas().values():
        for part in schema["$defs"].values():
            assert part["description"]
            for name, field in part.get("properties", {}).items():
                numeric = any(c.get("type") in {"number", "integer"} for c in field.get("anyOf", [field]))
                assert not (numeric and unit_of(name)) or field["x-unit"] == unit_of(name), name


def test_units_follow_the_names():
    assert [unit_of(n) for n in ("frp_mw", "radius_m", "scan_km", "tick_s", "longitude", "name")] == [
        "MW",
        "m",
        "km",
        "s",
        "deg",
        "",
    ]


def test_the_asyncapi_document_is_valid_and_its_references_lead_somewhere(asyncapi_schema):
    document = json.loads(documents()["asyncapi.json"])
    validator = jsonschema.validators.validator_for(asyncapi_schema)(asyncapi_schema)
    assert [error.message for error in validator.iter_errors(document)] == []
    assert all(resolves(document, reference) for reference in references(document))


@pytest.mark.parametrize(
    "spoil",
    [
        lambda d: d["operations"]["send-alert.v1"].update(action="shout"),
        lambda d: d["channels"]["alert.v1"]["bindings"]["kafka"].update(partitions=0),
        lambda d: d.pop("info"),
        lambda d: d["components"]["schemas"]["Tick"].update(type="instant"),
    ],
)
def test_the_official_schema_finds_a_spoilt_document(asyncapi_schema, spoil):
    document = json.loads(documents()["asyncapi.json"])
    spoil(document)
    validator = jsonschema.validators.validator_for(asyncapi_schema)(asyncapi_schema)
    assert not validator.is_valid(document)


def test_every_topic_is_a_channel_with_its_key_and_partitions():
    document = asyncapi()
    assert list(document["channels"]) == [topic.name for topic in TOPICS]
    for topic in TOPICS:
        binding = document["channels"][topic.name]["bindings"]["kafka"]
        assert binding["partitions"] == (topic.partitions or 8)
        for kind in kinds_of(topic.value):
            message = document["components"]["messages"][kind.__name__]
            assert message["bindings"]["kafka"]["key"]["description"].lower() == topic.key.lower() + "."


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_a_message_of_version_1_decodes_for_ever(path):
    topic = path.stem.split("--")[0]
    raw = path.read_bytes()
    value = decode(raw, VALUES[topic])
    assert not isinstance(value, Unreadable), value.why
    assert contains(json.loads(msgspec.json.encode(value)), json.loads(raw))
    DRAFT(json_schemas()[topic]).validate(json.loads(raw))


def test_every_kind_of_message_has_an_example():
    seen = {type(decode(path.read_bytes(), VALUES[path.stem.split("--")[0]])) for path in EXAMPLES}
    assert {kind for topic in TOPICS for kind in kinds_of(topic.value)} <= seen


def test_every_kind_of_observation_is_in_an_example_and_is_one_ndjson_line():
    batch = json.loads(next(p for p in EXAMPLES if "every-kind" in p.stem).read_bytes())["observations"]
    schema = DRAFT(json_schemas()["observation"])
    for line in batch:
        schema.validate(line)
        assert not isinstance(decode(json.dumps(line).encode(), AnyObservation), Unreadable)
    assert {line["kind"] for line in batch} == {
        "hotspot",
        "sighting",
        "reading",
        "report",
        "trap_count",
        "pest_survey",
        "lab_result",
        "pass",
        "retraction",
        "permit",
    }


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_a_field_of_a_later_version_is_passed_over(path):
    value = decode(path.read_bytes(), VALUES[path.stem.split("--")[0]])
    later = json.dumps({**json.loads(path.read_bytes()), "field_of_2031": {"x": 1}}).encode()
    assert decode(later, VALUES[path.stem.split("--")[0]]) == value


def test_schemas_export_writes_the_same_files_and_leaves_others(tmp_path):
    (tmp_path / "mine.txt").write_text("kept")
    done = CliRunner().invoke(command, ["export", str(tmp_path)])
    assert done.exit_code == 0, done.output
    assert (tmp_path / "mine.txt").read_text() == "kept"
    written = {path.name: path.read_text("utf-8") for path in tmp_path.glob("*.json")}
    assert written == documents()
