from __future__ import annotations

import gzip
import io
import json
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import pytest

from indexer.sources import SourceError, SourceRecord, iter_records

XML = "<clinical_study><id_info><nct_id>{}</nct_id></id_info><brief_title>T</brief_title></clinical_study>"


def study(number: int) -> dict[str, Any]:
    return {"protocolSection": {"identificationModule": {"nctId": f"NCT9900{number:04d}", "briefTitle": "Títle ≥ 1"}}}


STUDIES = [study(n) for n in range(1, 5)]
LINES = "".join(json.dumps(item, ensure_ascii=False) + "\n" for item in STUDIES).encode()


def ids(records: list[SourceRecord]) -> list[str]:
    found = []
    for item in records:
        assert item.error is None, item
        assert item.record is not None
        protocol = item.record["protocolSection"]
        assert isinstance(protocol, dict)
        found.append(protocol["identificationModule"]["nctId"])
    return found


def read(path: Path, data: bytes) -> list[SourceRecord]:
    path.write_bytes(data)
    return list(iter_records(path))


EXPECTED = [f"NCT9900{n:04d}" for n in range(1, 5)]


@pytest.mark.parametrize(
    "data",
    [
        LINES,
        LINES.strip(),
        b"\n\n" + LINES.replace(b"\n", b"\r\n\r\n"),
        b"\xef\xbb\xbf" + LINES,
        json.dumps(STUDIES).encode(),
        json.dumps(STUDIES, indent=2).encode(),
        json.dumps({"studies": STUDIES, "nextPageToken": "x"}).encode(),
        json.dumps({"totalCount": 4, "studies": STUDIES}, indent=1).encode(),
        json.dumps({"studies": STUDIES[:2]}).encode() + b"\n" + json.dumps({"studies": STUDIES[2:]}).encode(),
        b"\n".join(json.dumps(item, indent=2).encode() for item in STUDIES),
        b"".join(json.dumps(item).encode() for item in STUDIES),
    ],
    ids=["lines", "no-last-newline", "blank-lines", "bom", "array", "array-indented", "page", "page-indented", "pages",
         "indented-in-a-row", "glued"],
)  # fmt: skip
@pytest.mark.parametrize("name", ["a.jsonl", "misnamed.dat"])
def test_json_in_every_form(tmp_path: Path, data: bytes, name: str) -> None:
    assert ids(read(tmp_path / name, data)) == EXPECTED
    assert ids(read(tmp_path / "packed", gzip.compress(data))) == EXPECTED


@pytest.mark.parametrize("indent", [None, 2])
def test_a_single_study(tmp_path: Path, indent: int | None) -> None:
    (record,) = read(tmp_path / "one.json", json.dumps(study(7), indent=indent).encode())
    assert ids([record]) == ["NCT99000007"]
    assert json.loads(record.raw) == study(7)


def test_the_raw_bytes_of_a_line_are_kept(tmp_path: Path) -> None:
    assert [item.raw for item in read(tmp_path / "a.jsonl", LINES)] == LINES.splitlines()


def test_places_name_file_and_line_or_position(tmp_path: Path) -> None:
    lines, array = tmp_path / "a.jsonl", tmp_path / "b.json"
    assert [item.place for item in read(lines, LINES)][:2] == [f"{lines}:1", f"{lines}:2"]
    assert [item.place for item in read(array, json.dumps(STUDIES).encode())][1] == f"{array}[2]"


def test_archives_of_everything(tmp_path: Path) -> None:
    members = {
        "a/NCT99000001.xml": XML.format("NCT99000001").encode(),
        "b.jsonl.gz": gzip.compress(json.dumps(study(2)).encode()),
        "c.json": json.dumps([study(3), study(4)]).encode(),
        "README.txt": b"not a record",
        "__MACOSX/._c.json": b"\x00\x01",
        ".DS_Store": b"\x00",
    }
    archive = tmp_path / "all.zip"
    with zipfile.ZipFile(archive, "w") as target:
        for name, data in members.items():
            target.writestr(name, data)
    packed = tmp_path / "all.tar.gz"
    with tarfile.open(packed, "w:gz") as bundle:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            bundle.addfile(info, io.BytesIO(data))
    assert ids(list(iter_records(archive))) == EXPECTED
    assert ids(list(iter_records(packed))) == EXPECTED
    assert next(iter_records(packed)).place == f"{packed}!a/NCT99000001.xml"


def test_a_folder_is_read_by_name_and_other_files_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "z").mkdir()
    (tmp_path / "z" / "1.json").write_text(json.dumps(study(4)))
    (tmp_path / "b.xml").write_text(XML.format("NCT99000003"))
    (tmp_path / "a.jsonl").write_text(json.dumps(study(1)) + "\n" + json.dumps(study(2)))
    (tmp_path / "notes.txt").write_text("nothing")
    assert ids(list(iter_records(tmp_path))) == EXPECTED


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_standard_input(pack: Any) -> None:
    code = "from indexer.sources import iter_records\nfor r in iter_records('-'): print(r.place, r.error)"
    done = subprocess.run([sys.executable, "-c", code], input=pack(LINES), capture_output=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert done.stdout.decode().splitlines() == [f"standard input:{n} None" for n in range(1, 5)]


@pytest.mark.parametrize("at", [0, 1, 3])
@pytest.mark.parametrize(
    "bad", [b'{"protocolSection": {"ident', b"garbage", b"\xff\xfe\x00", b"{" * 5000, b"17", b'"x"']
)
def test_a_broken_line_spoils_itself_only(tmp_path: Path, at: int, bad: bytes) -> None:
    lines = LINES.splitlines()
    lines[at] = bad
    path = tmp_path / "a.jsonl"
    records = read(path, b"\n".join(lines))
    if at == 0 and not bad.startswith(b"{"):
        # A file that does not begin like JSON is none.
        assert [item.record for item in records] == [None]
        return
    assert ids([item for item in records if item.error is None]) == EXPECTED[:at] + EXPECTED[at + 1 :]
    (fault,) = [item for item in records if item.error is not None]
    assert fault.place.startswith(f"{path}:{at + 1}")
    assert fault.record is None


def test_a_truncated_gzip_file_gives_what_it_holds_and_an_error(tmp_path: Path) -> None:
    # Noise compresses badly, so that the cut falls behind many records.
    noise = [study(n) | {"noise": [hash((n, k)) for k in range(200)]} for n in range(400)]
    data = gzip.compress("\n".join(json.dumps(item) for item in noise).encode())
    path = tmp_path / "a.jsonl.gz"
    records = read(path, data[: len(data) // 2])
    assert ids(records[:-1]) == [f"NCT9900{n:04d}" for n in range(len(records) - 1)]
    assert len(records) > 100
    assert (records[-1].place, records[-1].record) == (str(path), None)
    assert "cannot be read to the end" in str(records[-1].error)


@pytest.mark.parametrize("cut", [0.3, 0.6, 0.95])
def test_truncated_documents_and_archives_end_in_an_error(tmp_path: Path, cut: float) -> None:
    array = json.dumps(STUDIES).encode()
    records = read(tmp_path / "a.json", array[: int(len(array) * cut)])
    assert ids(records[:-1]) == EXPECTED[: len(records) - 1]
    assert "breaks off" in str(records[-1].error) or "is broken" in str(records[-1].error)
    archive = tmp_path / "b.zip"
    with zipfile.ZipFile(archive, "w") as target:
        target.writestr("a.jsonl", LINES)
    data = archive.read_bytes()
    assert read(archive, data[: int(len(data) * cut)])[-1].error


def test_a_corrupt_member_of_a_zip_archive_spoils_itself_only(tmp_path: Path) -> None:
    archive = tmp_path / "a.zip"
    with zipfile.ZipFile(archive, "w") as target:
        target.writestr("1.json", json.dumps(study(1)))
        target.writestr("2.json", json.dumps(study(2)))
    data = archive.read_bytes().replace(b"NCT99000001", b"NCT99000009", 1)
    records = read(archive, data)
    assert ids([item for item in records if item.error is None])[-1] == "NCT99000002"
    assert any("cannot be read" in str(item.error) for item in records)


@pytest.mark.parametrize("data", [b"", b"\n \n"])
def test_an_empty_file_holds_nothing(tmp_path: Path, data: bytes) -> None:
    assert read(tmp_path / "a.jsonl", data) == []


@pytest.mark.parametrize("data", [b"nct_id,title\nNCT99000001,x", b"\x00\x01\x02", b"%PDF-1.7"])
def test_other_files_are_named_as_such(tmp_path: Path, data: bytes) -> None:
    (record,) = read(tmp_path / "a.json", data)
    assert record.error == "It is neither JSON nor XML nor an archive of them."


def test_archives_inside_archives_end_somewhere(tmp_path: Path) -> None:
    data = json.dumps(study(1)).encode()
    for _ in range(6):
        data = gzip.compress(data)
    (record,) = read(tmp_path / "a.gz", data)
    assert record.error == "It is an archive too deep inside other archives."


def test_what_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"There is no file or folder .*nowhere\.json"):
        list(iter_records(tmp_path / "nowhere.json"))
    with pytest.raises(SourceError, match="holds no record files"):
        list(iter_records(tmp_path))


def test_json_lines_are_streamed(tmp_path: Path) -> None:
    # The fault at the end is not reached: the first record comes before the rest is read.
    path = tmp_path / "a.jsonl.gz"
    path.write_bytes(gzip.compress(LINES * 50_000)[:-2000])
    records = iter_records(path)
    assert ids([next(records)]) == EXPECTED[:1]
    records.close()  # type: ignore[attr-defined]


@pytest.mark.parametrize("text", ['"\\ud800 alone"', "NaN", "1e999", "123456789012345678901234567890"])
def test_json_beyond_the_standard_is_read(tmp_path: Path, text: str) -> None:
    line = b'{"protocolSection": {"identificationModule": {"nctId": "NCT99000001", "x": ' + text.encode() + b"}}}"
    assert ids(read(tmp_path / "a.jsonl", line + b"\n" + line)) == ["NCT99000001"] * 2
    assert ids(read(tmp_path / "b.json", b"[" + line + b"]")) == ["NCT99000001"]
