"""One reader of the dashboard without a browser: Streamlit's own websocket protocol, as its front end speaks it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any
from urllib.parse import urlencode

import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

LARGEST = 64 * 1024 * 1024
SECONDS = 120
KEY = "filter_"


@dataclass
class Run:
    """One run of the script: seconds from asking for it to the message that says it is finished, and what it sent."""

    seconds: float
    messages: int
    octets: int


@dataclass
class Reader:
    """A session. It keeps what a browser keeps: the address, the state of its widgets and which messages it has."""

    socket: Any
    pages: dict[str, str] = field(default_factory=dict)
    options: dict[str, list[str]] = field(default_factory=dict)
    page: str = ""
    address: str = ""
    widgets: dict[str, tuple[str, str]] = field(default_factory=dict)
    held: set[str] = field(default_factory=set)
    shown: set[str] = field(default_factory=set)

    @classmethod
    async def open(cls, port: int) -> Reader:
        """Connect and let the first page be drawn."""
        socket = await websockets.connect(
            f"ws://127.0.0.1:{port}/_stcore/stream",
            subprotocols=[websockets.Subprotocol("streamlit")],
            max_size=LARGEST,
            compression=None,
        )
        reader = cls(socket)
        await reader.run()
        return reader

    async def close(self) -> None:
        await self.socket.close()

    async def go(self, path: str) -> Run:
        """Follow a link of the navigation: the other page forgets its widgets, the address is carried along."""
        self.page = self.pages[path]
        self.widgets.clear()
        return await self.run()

    async def visit(self, path: str, **query: str) -> Run:
        """Open an address."""
        self.address = urlencode(query)
        return await self.go(path)

    async def choose(self, name: str, option: str) -> Run:
        """Pick an option of a filter of this page."""
        identity, _ = self.widgets[name]
        self.widgets[name] = (identity, option)
        return await self.run()

    async def run(self) -> Run:
        """Ask for a run as the front end does, and read until it is finished."""
        asked = BackMsg()
        asked.rerun_script.query_string = self.address
        asked.rerun_script.page_script_hash = self.page
        asked.rerun_script.context_info.timezone = "UTC"
        asked.rerun_script.context_info.locale = "en-US"
        asked.rerun_script.context_info.color_scheme = "light"
        asked.rerun_script.cached_message_hashes.extend(self.held)
        for identity, value in self.widgets.values():
            state = asked.rerun_script.widget_states.widgets.add()
            state.id, state.string_value = identity, value
        messages = octets = 0
        self.shown = set()
        began = perf_counter()
        await self.socket.send(asked.SerializeToString())
        while True:
            raw = await asyncio.wait_for(self.socket.recv(), SECONDS)
            messages += 1
            octets += len(raw)
            told = ForwardMsg.FromString(raw)
            kind = told.WhichOneof("type")
            # A run that asks for another one is not yet what the reader waits for.
            if kind == "script_finished" and told.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY:
                self.held = self.shown
                return Run(perf_counter() - began, messages, octets)
            self._note(told, kind)

    def _note(self, told: ForwardMsg, kind: str | None) -> None:
        if told.metadata.cacheable:
            self.shown.add(told.hash)
        if kind == "ref_hash":
            self.shown.add(told.ref_hash)
        elif kind == "page_info_changed":
            self.address = told.page_info_changed.query_string
        elif kind == "navigation":
            self.pages = {one.url_pathname: one.page_script_hash for one in told.navigation.app_pages}
            self.page = told.navigation.page_script_hash
        elif kind == "delta" and told.delta.WhichOneof("type") == "new_element":
            element = told.delta.new_element
            if element.WhichOneof("type") == "exception":
                raise RuntimeError(element.exception.message)
            if element.WhichOneof("type") == "selectbox" and KEY in element.selectbox.id:
                self._filter(element.selectbox)
            if element.WhichOneof("type") == "html" and "could not be drawn" in element.html.body:
                raise RuntimeError(element.html.body)

    def _filter(self, box: Any) -> None:
        name = box.id.rpartition(KEY)[2]
        self.options[name] = list(box.options)
        if box.set_value:
            value = box.raw_value
        elif name in self.widgets and self.widgets[name][0] == box.id:
            value = self.widgets[name][1]
        else:
            value = box.options[box.default]
        self.widgets[name] = (box.id, value)
