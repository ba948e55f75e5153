from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from api.schemas import TrialAnswer
from tests.api.fake_engine import TRIALS

HTML = {"accept": "text/html"}


@pytest.mark.parametrize("trial", TRIALS[:8], ids=lambda trial: trial.nct_id)
def test_every_trial_is_answered_as_json_and_as_a_page(client: TestClient, trial: object) -> None:
    from search.trial import Trial

    assert isinstance(trial, Trial)
    response = client.get(f"/trials/{trial.nct_id}")
    assert response.status_code == 200
    answer = response.json()
    assert answer["nct_id"] == answer["trial"]["nct_id"] == trial.nct_id
    assert answer["fictitious"] is trial.fictitious
    assert set(answer) == set(TrialAnswer.model_fields)
    page = client.get(f"/trials/{trial.nct_id}", headers=HTML)
    assert page.status_code == 200
    assert f"Is {trial.nct_id} recruiting?" in page.text
    assert ("Fictitious sample" in page.text) is trial.fictitious


def test_the_whole_record_is_there_with_dates_at_their_precision(client: TestClient) -> None:
    trial = client.get("/trials/NCT99000001").json()["trial"]
    assert trial["start"] == {"date": "2025-03", "actual": True}
    assert trial["primary_completion"] == {"date": "2028", "actual": False}
    assert trial["eligibility"]["criteria"].startswith("Inclusion Criteria:")
    assert trial["interventions"][0]["type"] == "RADIATION"
    assert trial["sites"][0]["point"] == {"lat": 48.8566, "lon": 2.3522}


def test_the_page_shows_all_sections_and_escapes_everything(client: TestClient) -> None:
    page = client.get("/trials/NCT99000001", headers=HTML).text
    for section in ("summary", "eligibility", "treatments", "arms", "outcomes", "sites", "record"):
        assert f'<section id="{section}">' in page
    assert "Yes, it is recruiting" in page
    assert "verified Jun 2026" in page
    assert "2028 (expected)" in page
    assert "240 planned" in page
    assert "Age &lt;= 70 years" in page
    assert "&lt;b&gt;&#34;quoted&#34;&lt;/b&gt;" in page
    assert "<script>alert" not in page
    assert "18 years or older" in page
    assert "also called RT" in page
    assert "background treatment" in page


def test_only_real_trials_link_to_the_registry(client: TestClient) -> None:
    assert "clinicaltrials.gov/study/" not in client.get("/trials/NCT99000001", headers=HTML).text
    assert "clinicaltrials.gov/study/NCT01234567" in client.get("/trials/NCT01234567", headers=HTML).text


def test_a_stopped_trial_says_why(client: TestClient) -> None:
    page = client.get("/trials/NCT99000005", headers=HTML).text
    assert "it was stopped early" in page
    assert "Reason given: Slow accrual" in page


@pytest.mark.parametrize(
    "other", ["nct99000001", "NCT98000001", "MADEUP-1", "%20NCT99000001%20", "NCT%2099000001", "NCT-99000001"]
)
def test_other_spellings_and_aliases_lead_to_the_canonical_address(client: TestClient, other: str) -> None:
    response = client.get(f"/trials/{other}")
    assert response.status_code == 308
    assert response.headers["location"] == "/trials/NCT99000001"


def test_an_absent_trial_says_what_is_searched(client: TestClient) -> None:
    problem = client.get("/trials/nct55555555").json()
    assert problem["detail"] == "NCT55555555 is not in this index of 27 trials, data as of 2026-01-27."
    assert "an NCT id is NCT and eight digits" in client.get("/trials/whatever").json()["detail"]
    assert client.get("/trials/" + "x" * 5000).status_code == 404
