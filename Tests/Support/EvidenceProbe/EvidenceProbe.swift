import EvidenceSearch
import Foundation
import Records

/// Answers of a model, prepared by `Benchmarks/fit-evidence.py`, held against what was read: one document a line in, one out.
@main
struct EvidenceProbe {
    static func main() throws {
        while let line = readLine() {
            let document = try JSONDecoder().decode(ProbeDocument.self, from: Data(line.utf8))
            let record = document.fields.map(\.definition)
            let values = ModelValues(
                pages: document.pages.map(\.text),
                record: record,
                known: document.known.compactMap { $0.candidate(record) }
            )
            let verdicts = document.answers.map { answer in
                let contents = answer.map { value in
                    record.first { $0.name == value.field }.flatMap {
                        ProbeValue.content(value.text, type: $0.type)
                    }
                }
                let candidates = values.candidates(
                    for: zip(answer, contents).compactMap { value, content in
                        content.map { ModelValue(field: value.field, content: $0) }
                    }
                )
                return zip(answer, contents).map { value, content -> ProbeVerdict? in
                    let own = candidates.filter { $0.field == value.field }
                    return (own.first { $0.content == content } ?? own.first).map(ProbeVerdict.init)
                }
            }
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys]
            // Not `print`: whoever asks waits for the line.
            FileHandle.standardOutput.write(try encoder.encode(verdicts) + Data("\n".utf8))
        }
    }
}

struct ProbeDocument: Decodable {
    var pages: [ProbePage]
    var fields: [ProbeField]
    var known: [ProbeValue]
    var answers: [[ProbeValue]]
}

struct ProbeField: Decodable {
    var name: String
    var type: String

    var definition: FieldDefinition {
        let type: FieldType =
            switch type {
            case "money": .money
            case "date": .date(order: nil)
            case "currency": .currency
            case "identifier": .identifier
            case "number": .number
            default: .text
            }
        return FieldDefinition(name: name, type: type)
    }
}

struct ProbeVerdict: Encodable {
    var confidence: Double
    var unverified: Bool
    var printed: String
    var reason: String
    var features: [String: Double]

    init(_ candidate: Candidate) {
        confidence = candidate.confidence
        unverified = candidate.isUnverified
        printed = candidate.printed
        reason = candidate.reason
        features = Dictionary(
            uniqueKeysWithValues: candidate.features.map { ($0.key.rawValue, $0.value) }
        )
    }
}

/// A page as the database keeps it.
struct ProbePage: Decodable {
    var number: Int
    var width: Int
    var height: Int
    var source: PageText.Source
    var words: [ProbeWord]
    var symbols: [Symbol]

    var text: PageText {
        PageText(
            number: number,
            width: width,
            height: height,
            words: words.map(\.word),
            symbols: symbols,
            source: source
        )
    }
}

struct ProbeWord: Decodable {
    var word: Word

    init(from decoder: any Decoder) throws {
        var list = try decoder.unkeyedContainer()
        let text = try list.decode(String.self)
        let box = Box(
            x: try list.decode(Int.self),
            y: try list.decode(Int.self),
            width: try list.decode(Int.self),
            height: try list.decode(Int.self)
        )
        word = Word(
            text: text,
            box: box,
            confidence: try list.decode(Double.self),
            block: try list.decode(Int.self),
            line: try list.decode(Int.self)
        )
    }
}

/// A value of an answer, or a candidate of the rules.
struct ProbeValue: Decodable {
    var field: String
    var text: String
    var confidence: Double?
    var printed: String?
    var evidence: [Evidence]?
    var order: DateOrder?

    func candidate(_ record: [FieldDefinition]) -> Candidate? {
        guard let field = record.first(where: { $0.name == self.field }),
            let content = Self.content(text, type: field.type)
        else { return nil }
        return Candidate(
            field: field.name,
            content: content,
            printed: printed ?? text,
            confidence: confidence ?? 0,
            evidence: evidence ?? [],
            reason: "",
            assumedOrder: order
        )
    }

    /// A content in its plain form, read as its type.
    static func content(_ text: String, type: FieldType) -> FieldContent? {
        switch type {
        case .money: number(text).map { .money(Money(amount: $0)) }
        case .number: number(text).map { .number($0) }
        case .date: day(text).map { .date($0) }
        case .currency: .currency(text)
        case .identifier: .identifier(text)
        case .text, .label, .list: .text(text)
        }
    }

    private static func number(_ text: String) -> DecimalNumber? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count <= 2, let units = Int64(parts.joined()) else { return nil }
        return DecimalNumber(units: units, scale: parts.count == 2 ? parts[1].count : 0)
    }

    private static func day(_ text: String) -> CalendarDate? {
        let parts = text.split(separator: "-").compactMap { Int($0) }
        guard parts.count == 3 else { return nil }
        return CalendarDate(year: parts[0], month: parts[1], day: parts[2])
    }
}
