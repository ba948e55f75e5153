"""Passages of every length to verify an export on, written by us and put together deterministically."""

from __future__ import annotations

_CLAUSES = (
    "Histologically confirmed adenocarcinoma of the pancreas, stage III or IV",
    "no prior therapy with an anti-PD-1 antibody",
    "ECOG performance status 0–1",
    "HER2-positive (IHC 3+ or ISH amplified) breast cancer",
    "absolute neutrophil count ≥ 1.5 × 10⁹/L and platelets ≥100,000/mm3",
    "EGFR exon 19 deletion or L858R, previously treated with osimertinib",
    "a randomised phase II study of two doses given every 21 days",
    "children and young adults with relapsed B-cell acute lymphoblastic leukaemia",
    "brain metastases are allowed when stable for four weeks without corticosteroids",
    "TGF-β, 5-FU/LV, BRAF p.V600E and KRAS G12C",
    "what matters to patients: quality of life, fatigue, return to work!",
    "at least one measurable lesion by RECIST v1.1 (CT or MRI)",
    "radiotherapy 60 Gy in 30 fractions with concurrent cisplatin",
    "CD19-directed chimeric antigen receptor T cells",
    "life expectancy of more than 12 weeks",
    "étude française; Überleben; 生存期; δοκιμή",
)


def probe_passages(count: int, max_tokens: int) -> list[str]:
    """`count` passages from empty to a little longer than `max_tokens` (at most 512) tokens, more short than long."""
    longest = min(max_tokens, 512) * 1.1
    passages: list[str] = []
    for number in range(count):
        words = round(longest * (number / max(count - 1, 1)) ** 1.5 * 0.55)
        text: list[str] = []
        step = number
        while len(text) < words:
            text.extend(f"{_CLAUSES[step % len(_CLAUSES)]}{';' if step % 3 else '.'}".split())
            step += 1 + number % 5
        passages.append(" ".join(text[:words]))
    return passages
