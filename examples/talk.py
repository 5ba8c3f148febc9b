"""Ask a book something and watch the answer being written: `python examples/talk.py CIM_ID "What were net sales?"`.

BOOKRUNNER_TOKEN is your access token, BOOKRUNNER_API the address of the API.
"""

import json
import os
import sys

import httpx

cim_id, question = sys.argv[1:3]
headers = {"Authorization": f"Bearer {os.environ['BOOKRUNNER_TOKEN']}"}
with httpx.Client(base_url=os.environ.get("BOOKRUNNER_API", "http://127.0.0.1:8400"), headers=headers) as api:
    cursor = api.get(f"/cims/{cim_id}/messages", params={"limit": 1}).raise_for_status().json()["stream_cursor"]
    sent = api.post(f"/cims/{cim_id}/messages", json={"text": question, "mode": "ask"}).raise_for_status().json()
    answer_id, event = sent["answer_ids"][0], ""
    with api.stream("GET", f"/cims/{cim_id}/stream", headers={"Last-Event-ID": cursor}, timeout=60) as stream:
        for line in stream.iter_lines():
            name, _, value = line.partition(": ")
            event = value if name == "event" else event
            data = json.loads(value) if name == "data" else {}
            if event == "delta" and data.get("message_id") == answer_id:
                print(data["text"], end="", flush=True)
            elif event == "message_reset" and data.get("message_id") == answer_id:
                print(f"\n(begun again)\n{data['text']}", end="", flush=True)
            elif event == "message" and data.get("id") == answer_id and data["status"] not in ("queued", "writing"):
                print()
                for cited in data["citations"]:
                    print(f"[{cited['ref']}] {cited['document']}, {cited['source']['locator']}")
                break
