import FieldRules
import Records

/// An explanation as a person reads it, within the width of the terminal.
struct FindReport {
    private let explanation: FieldExplanation
    private let pages: [PageText]
    private let width: Int

    init(_ explanation: FieldExplanation, pages: [PageText], width: Int) {
        self.explanation = explanation
        self.pages = pages
        self.width = min(120, max(40, width))
    }

    // MARK: The value alone

    /// The field with its value, or with why there is none.
    var valueText: String {
        let name = pad(explanation.field.name, 16)
        guard let chosen else { return lines("\(name)-     \(explanation.verdict)", hang: 22) }
        let rows = rows(of: chosen.content)
        return lines(
            "\(name)\(percent(chosen)) \(shown(chosen.content))"
                + (rows.isEmpty ? "  (\(chosen.reason))" : ""),
            hang: 22
        ) + rows.map { lines($0, indent: 22, hang: 26) }.joined()
    }

    private var chosen: Candidate? {
        explanation.chosen.map { explanation.candidates[$0] }
    }

    // MARK: The whole explanation

    /// All that led to the value.
    ///
    /// - Parameters:
    ///   - file: the file, as it was named.
    ///   - remark: what a person should know of the field.
    /// - Returns: lines, each ended.
    func text(file: String, remark: String?) -> String {
        var text = lines(
            "\(explanation.field.name) (\(explanation.field.type.name)) in \(file)",
            hang: 4
        )
        text += lines(explanation.verdict, indent: 2, hang: 2)
        for note in explanation.notes + [remark].compactMap({ $0 }) {
            text += lines(note, indent: 2, hang: 2)
        }
        if !explanation.forms.isEmpty {
            text += "\nyour forms\n"
            let column = 4 + (explanation.forms.map(\.name.count).max() ?? 0)
            for form in explanation.forms {
                text += lines(
                    pad(form.name, column - 2) + words(form.role),
                    indent: 2,
                    hang: column
                )
            }
        }
        if !explanation.candidates.isEmpty {
            text += "\ncandidates\n"
            for (index, candidate) in explanation.candidates.enumerated() {
                text += lines(for: candidate, isChosen: index == explanation.chosen)
            }
        }
        if !explanation.passedOver.isEmpty { text += passedOverText }
        return text
    }

    private static let mostPassedOver = 20

    private var passedOverText: String {
        let shown = explanation.passedOver.prefix(Self.mostPassedOver)
        let column = min(18, shown.map { clean($0.printed, 30).count }.max() ?? 0)
        var text = "\npassed over\n"
        for value in shown {
            text += lines(
                pad(clean(value.printed, 30), column)
                    + "  \(value.reason); \(place(value.evidence))",
                indent: 2,
                hang: column + 4
            )
        }
        let more = explanation.passedOver.count - shown.count
        return more > 0 ? text + "  … and \(more) more; --json lists them\n" : text
    }

    private func lines(for candidate: Candidate, isChosen: Bool) -> String {
        var first = "\(isChosen ? "*" : " ") \(percent(candidate)) \(shown(candidate.content))"
        let printed = clean(candidate.printed, 60)
        if printed != candidate.content.plain, rows(of: candidate.content).isEmpty {
            first += "   printed “\(printed)”"
        }
        if let order = candidate.assumedOrder {
            first += "   if the \(order == .dayFirst ? "day" : "month") is first"
        }
        var text = lines(first, indent: 0, hang: 8)
        for row in rows(of: candidate.content) { text += lines(row, indent: 8, hang: 12) }
        text += lines(candidate.reason, indent: 8, hang: 8)
        text += lines(place(candidate.evidence), indent: 8, hang: 8)
        if !candidate.features.isEmpty {
            // The kind of value is what was asked for.
            let features = candidate.features.filter { !$0.key.rawValue.hasPrefix("kind_") }
                .sorted { Self.rank($0.key) < Self.rank($1.key) }
                .map { "\($0.key.rawValue) \(fixed($0.value))" }
            text += lines(features.joined(separator: ", "), indent: 8, hang: 8)
        }
        return text
    }

    /// The rule's own score comes first, the rest by name.
    private static func rank(_ feature: Feature) -> (Int, String) {
        (feature == .score ? 0 : 1, feature.rawValue)
    }

    private func words(_ role: FieldExplanation.FormNote.Role) -> String {
        func list(_ words: [String]) -> String {
            words.map { "“\($0)”" }.joined(separator: ", ")
        }
        return switch role {
        case .decided: "decided"
        case .foundNothing(let why): "should decide, but \(why); the built-in rules answer"
        case .gaveOrder: "says how days are written, and leaves the place to the built-in rules"
        case .outranked(let other):
            "matches, but \(other) has more of its words on the page or comes first"
        case .hasNoRule: "matches, and says nothing of this field"
        case .isAnother(let missing, let found):
            "not this one: \(list(missing)) not found"
                + (found.isEmpty ? "" : " (but \(list(found)))")
        }
    }

    // MARK: Values and places

    private func shown(_ content: FieldContent) -> String {
        if case .money(let money) = content, let currency = money.currency {
            return "\(money.amount) \(currency)"
        }
        return clean(content.plain, 200)
    }

    /// The rows of a list, in words.
    private func rows(of content: FieldContent) -> [String] {
        guard case .list(let rows) = content, case .list(let columns) = explanation.field.type
        else { return [] }
        let shown = rows.prefix(12).map { row in
            columns.compactMap { column in row[column.name].map { self.shown($0) } }
                .joined(separator: "  ")
        }
        return rows.count > 12 ? shown + ["… and \(rows.count - 12) more"] : shown
    }

    /// Where words stand, in the shares of the page that a form's `region` is written in.
    private func place(_ evidence: [Evidence]) -> String {
        guard let first = evidence.first else { return "derived, not printed" }
        let box = evidence.filter { $0.page == first.page }.dropFirst()
            .reduce(first.box) { $0.union($1.box) }
        guard let page = pages.first(where: { $0.number == first.page }), page.width > 0,
            page.height > 0
        else { return "page \(first.page)" }
        func share(_ from: Int, _ to: Int, _ all: Int) -> String {
            let from = max(0, min(100, from * 100 / all))
            let to = max(0, min(100, (to * 100 + all - 1) / all))
            return "\(from)–\(max(from, to))%"
        }
        let number = pages.count > 1 ? "page \(first.page), " : ""
        return "\(number)\(share(box.x, box.maxX, page.width)) across, "
            + "\(share(box.y, box.maxY, page.height)) down"
    }

    private func percent(_ candidate: Candidate) -> String {
        let percent = String(Int((candidate.confidence * 100).rounded()))
        return String(repeating: " ", count: max(0, 3 - percent.count)) + percent + "%"
    }

    private func fixed(_ number: Double) -> String {
        let hundredths = Int((number * 100).rounded())
        return "\(hundredths / 100).\(hundredths % 100 < 10 ? "0" : "")\(hundredths % 100)"
    }

    // MARK: Lines

    /// Text in lines no longer than the terminal is wide, where its words allow it.
    private func lines(_ text: String, indent: Int = 0, hang: Int) -> String {
        var result = ""
        var line = String(repeating: " ", count: indent)
        var used = indent
        var isEmpty = true
        // Runs of spaces align columns and are kept.
        for (index, part) in clean(text, 4000).split(
            separator: " ",
            omittingEmptySubsequences: false
        )
        .enumerated() {
            let length = Self.cells(part)
            if !isEmpty, !part.isEmpty, used + 1 + length > width {
                result += line.trimmingEnd() + "\n"
                line = String(repeating: " ", count: hang) + part
                used = hang + length
                continue
            }
            if index > 0 {
                line += " "
                used += 1
            }
            line += part
            used += length
            if !part.isEmpty { isEmpty = false }
        }
        return result + line.trimmingEnd() + "\n"
    }

    /// How many columns a terminal gives to a text: two to signs of East Asian scripts.
    private static func cells(_ text: some StringProtocol) -> Int {
        text.unicodeScalars.reduce(0) { count, scalar in
            switch scalar.value {
            case 0x1100...0x115F, 0x2E80...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF,
                0xFE30...0xFE6F, 0xFF00...0xFF60, 0x20000...0x3FFFD:
                count + 2
            default: count + (scalar.properties.generalCategory == .nonspacingMark ? 0 : 1)
            }
        }
    }

    /// Text without signs that would act on the terminal, shortened.
    private func clean(_ text: String, _ limit: Int) -> String {
        var shown = String.UnicodeScalarView()
        for scalar in text.unicodeScalars.prefix(limit) {
            switch scalar.properties.generalCategory {
            case .control, .lineSeparator, .paragraphSeparator: shown.append(" ")
            case .format, .surrogate: break
            default: shown.append(scalar)
            }
        }
        return String(shown) + (text.unicodeScalars.count > limit ? "…" : "")
    }
}

extension String {
    fileprivate func trimmingEnd() -> String {
        var text = Substring(self)
        while text.last == " " { text.removeLast() }
        return String(text)
    }
}
