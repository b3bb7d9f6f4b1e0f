"""The AsyncAPI 3 document of the topics, generated from the contracts."""

import json
from typing import Any

import msgspec

from shared.dead_letter import HEADERS, PREFIX
from shared.messages import (
    ALERT,
    FEED_EVENT,
    FEED_HUB,
    FEED_PUSH,
    MAX_VALUE_BYTES,
    STORY,
    TAGGED_STORY,
    Contract,
)
from shared.settings import Settings
from shared.topics import CORRELATE_GROUP, GROUP_TOPIC, TAG_GROUP, dead_letter_topic, topic_specs

CONTRACTS: tuple[Contract[Any], ...] = (STORY, TAGGED_STORY, ALERT, FEED_EVENT, FEED_HUB, FEED_PUSH)
KEYS = {
    STORY.topic: "the story's id",
    TAGGED_STORY.topic: "the watch's name for relevant stories, the story's id for others",
    ALERT.topic: "the event's id",
    FEED_EVENT.topic: "the feed's id",
    FEED_HUB.topic: "the feed's id",
    FEED_PUSH.topic: "the feed's id",
}
WRITERS = {
    STORY.topic: "ingest",
    TAGGED_STORY.topic: TAG_GROUP,
    ALERT.topic: CORRELATE_GROUP,
    FEED_EVENT.topic: "ingest",
    FEED_HUB.topic: "ingest",
    FEED_PUSH.topic: "api",
}


def render() -> str:
    """The document as JSON, the same text for the same contracts."""
    _, components = msgspec.json.schema_components(
        [contract.model for contract in CONTRACTS], ref_template="#/components/schemas/{name}"
    )
    document = {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Pactwatch topics",
            "version": "1",
            "description": "Records between the services: JSON under CloudEvents 1.0 binary-mode headers. "
            "Within a version only optional fields are added; readers ignore fields they do not know.",
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": "application/json",
        "channels": {address: channel for contract in CONTRACTS for address, channel in _channels(contract)},
        "operations": {
            name: operation for contract in CONTRACTS for name, operation in _operations(contract)
        },
        "components": {
            "messages": {contract.name: _message(contract) for contract in CONTRACTS},
            "schemas": components,
        },
    }
    return json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def _channels(contract: Contract[Any]) -> list[tuple[str, dict[str, Any]]]:
    message = {contract.name: {"$ref": f"#/components/messages/{contract.name}"}}
    dead = dead_letter_topic(contract.topic)
    added = ", ".join(PREFIX + name for name in HEADERS)
    return [
        (
            contract.topic,
            {
                "address": contract.topic,
                "description": f"Written by {WRITERS[contract.topic]}; keyed by {KEYS[contract.topic]}.",
                "messages": message,
                "bindings": {"kafka": _kafka(contract.topic)},
            },
        ),
        (
            dead,
            {
                "address": dead,
                "description": f"Records of {contract.topic} that could not be handled, byte for byte, with "
                f"the headers {added} added.",
                "messages": message,
                "bindings": {"kafka": _kafka(dead)},
            },
        ),
    ]


def _kafka(topic: str) -> dict[str, Any]:
    spec = next(spec for spec in topic_specs(Settings().partitions) if spec.name == topic)
    retention = -1 if spec.retention is None else round(spec.retention.total_seconds() * 1000)
    return {
        "topic": topic,
        "partitions": spec.partitions,
        "topicConfiguration": {"retention.ms": retention},
        "bindingVersion": "0.5.0",
    }


def _operations(contract: Contract[Any]) -> list[tuple[str, dict[str, Any]]]:
    channel = {"$ref": f"#/channels/{contract.topic}"}
    group = next(group for group, topic in GROUP_TOPIC.items() if topic == contract.topic)
    return [
        (f"{WRITERS[contract.topic]}-sends-{contract.name}", {"action": "send", "channel": channel}),
        (
            f"{group}-receives-{contract.name}",
            {
                "action": "receive",
                "channel": channel,
                "bindings": {
                    "kafka": {"groupId": {"type": "string", "enum": [group]}, "bindingVersion": "0.5.0"}
                },
            },
        ),
    ]


def _message(contract: Contract[Any]) -> dict[str, Any]:
    headers = {
        "ce_specversion": {"type": "string", "const": "1.0"},
        "ce_id": {"type": "string", "description": "the same for the same value, however often it is sent"},
        "ce_source": {"type": "string"},
        "ce_type": {"type": "string", "const": contract.type},
        "ce_time": {"type": "string", "format": "date-time"},
        "ce_dataschema": {"type": "string", "const": contract.schema},
        "content-type": {"type": "string", "const": "application/json"},
    }
    return {
        "name": contract.type,
        "contentType": "application/json",
        "description": f"At most {MAX_VALUE_BYTES} bytes.",
        "headers": {"type": "object", "properties": headers, "required": sorted(headers)},
        "payload": {"$ref": f"#/components/schemas/{contract.model.__name__}"},
        "bindings": {
            "kafka": {
                "key": {"type": "string", "description": KEYS[contract.topic]},
                "bindingVersion": "0.5.0",
            }
        },
    }
