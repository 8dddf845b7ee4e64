import Exporting
import FieldRules
import Records

extension FieldExplanation {
    /// The value alone.
    var valueJSON: JSONValue {
        guard let chosen else {
            return .object([
                "field": .text(field.name), "content": .null, "why": .text(verdict),
            ])
        }
        return candidates[chosen].json(isChosen: true)
    }

    /// All that led to the value, with the sizes of the pages that boxes are measured on.
    func json(of pages: [PageText]) -> JSONValue {
        .object([
            "field": .text(field.name), "type": .text(field.type.name),
            "verdict": .text(verdict), "notes": .list(notes.map(JSONValue.text)),
            "candidates": .list(
                candidates.enumerated().map { $0.element.json(isChosen: $0.offset == chosen) }
            ),
            "passed_over": .list(
                passedOver.map {
                    .object([
                        "printed": .text($0.printed), "reason": .text($0.reason),
                        "evidence": .list($0.evidence.map(\.json)),
                    ])
                }
            ),
            "forms": .list(forms.map(\.json)),
            "pages": .list(
                pages.map {
                    .object([
                        "number": .number($0.number), "width": .number($0.width),
                        "height": .number($0.height),
                    ])
                }
            ),
        ])
    }
}

extension FieldExplanation.FormNote {
    fileprivate var json: JSONValue {
        var fields: [String: JSONValue] = ["form": .text(name)]
        switch role {
        case .decided: fields["role"] = .text("decided")
        case .gaveOrder: fields["role"] = .text("gave-order")
        case .hasNoRule: fields["role"] = .text("no-rule")
        case .foundNothing(let why):
            fields["role"] = .text("found-nothing")
            fields["why"] = .text(why)
        case .outranked(let other):
            fields["role"] = .text("outranked")
            fields["by"] = .text(other)
        case .isAnother(let missing, let found):
            fields["role"] = .text("no-match")
            fields["missing"] = .list(missing.map(JSONValue.text))
            fields["found"] = .list(found.map(JSONValue.text))
        }
        return .object(fields)
    }
}

extension Candidate {
    fileprivate func json(isChosen: Bool) -> JSONValue {
        .object([
            "field": .text(field), "content": content.json, "printed": .text(printed),
            "confidence": .fraction(confidence), "reason": .text(reason),
            "is_chosen": .flag(isChosen), "evidence": .list(evidence.map(\.json)),
            "assumed_order": assumedOrder.map { .text($0.rawValue) } ?? .null,
            "features": .object(
                Dictionary(
                    features.map { ($0.key.rawValue, JSONValue.fraction($0.value)) },
                    uniquingKeysWith: { first, _ in first }
                )
            ),
        ])
    }
}

extension FieldContent {
    /// Text for all but a list, which is a list of rows.
    fileprivate var json: JSONValue {
        guard case .list(let rows) = self else { return .text(plain) }
        return .list(rows.map { .object($0.mapValues(\.json)) })
    }
}

extension Evidence {
    fileprivate var json: JSONValue {
        .object([
            "page": .number(page), "words": .text(words),
            "box": .list([box.x, box.y, box.width, box.height].map(JSONValue.number)),
        ])
    }
}
