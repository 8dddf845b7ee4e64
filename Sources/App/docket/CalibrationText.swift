import Reporting

/// What `report calibration` prints.
struct CalibrationText {
    let report: CalibrationReport
    let pipeline: String
    private let measures: CalibrationMeasures?

    private static let coverages = [1, 0.9, 0.8, 0.7, 0.5]
    private static let thresholds = [0.5, 0.6, 0.7, 0.8, 0.9, 0.95]

    init(report: CalibrationReport, pipeline: String) {
        self.report = report
        self.pipeline = pipeline
        measures = CalibrationMeasures(report.values)
    }

    // MARK: For people

    var lines: [String] {
        var lines = [
            "\(pipeline): \(report.documents) \(report.documents == 1 ? "document" : "documents") of known truth, "
                + "\(report.values.count) values", "",
        ]
        lines += fieldTable
        guard let measures else { return lines + ["", "no value was found: nothing to measure"] }
        lines += ["", "How often values of a confidence are right"]
        lines += reliabilityTable(measures)
        lines += ["", summary(measures)]
        lines += ["", "When only the surest values are kept"]
        lines += selectionTable(Self.coverages.map { measures.selection(coverage: $0) })
        lines += ["", "When only values of a least confidence are kept"]
        lines += selectionTable(Self.thresholds.map { measures.selection(confidence: $0) })
        return lines
    }

    /// What was left out, for standard error.
    var notes: [String] {
        var notes: [String] = []
        if !report.unknownFiles.isEmpty {
            notes.append(
                "\(report.unknownFiles.count) files of the truth are no document of the pipeline, or named "
                    + "twice: " + Fault.some(report.unknownFiles)
            )
        }
        for field in report.fields where !field.unreadable.isEmpty {
            notes.append(
                "\(field.unreadable.count) true values of \(field.name) cannot be read as its type and are left "
                    + "out: " + Fault.some(field.unreadable)
            )
        }
        if report.corrections > 0 {
            notes.append("\(report.corrections) values were corrected by a person and are left out")
        }
        if !report.otherKeys.isEmpty {
            notes.append(
                "not fields of the record, so not looked at: " + Fault.some(report.otherKeys)
            )
        }
        return notes
    }

    private var fieldTable: [String] {
        let width = max(5, report.fields.map(\.name.count).max() ?? 0) + 2
        var lines = [pad("field", width) + " known  found  right"]
        for field in report.fields {
            lines.append(
                pad(field.name, width) + right(field.known, 6) + right(field.found, 7)
                    + right(field.right, 7)
                    + (field.found > 0
                        ? "  \(percent(Double(field.right) / Double(field.found)))" : "")
            )
        }
        return lines
    }

    private func reliabilityTable(_ measures: CalibrationMeasures) -> [String] {
        var lines = ["confidence    values  mean  right   0                             1"]
        for bin in measures.bins {
            lines.append(
                "\(places(bin.lowest)) to \(places(bin.highest))  " + right(bin.count, 6)
                    + "  \(places(bin.confidence))   \(places(bin.right))   \(Self.bar(bin))"
            )
        }
        lines.append("                                      # right, | mean confidence")
        return lines
    }

    /// The share that is right as a bar, with a mark at the mean confidence, where the bar should end.
    private static func bar(_ bin: CalibrationMeasures.Bin) -> String {
        let width = 31
        let end = Int((bin.right * Double(width - 1)).rounded())
        let mark = Int((bin.confidence * Double(width - 1)).rounded())
        var bar = (0..<width).map { $0 <= end && bin.right > 0 ? "#" : "." }
        bar[min(width - 1, max(0, mark))] = "|"
        return bar.joined()
    }

    private func summary(_ measures: CalibrationMeasures) -> String {
        func range(_ estimate: CalibrationMeasures.Estimate) -> String {
            "\(thousandths(estimate.value)) (\(thousandths(estimate.low)) to \(thousandths(estimate.high)))"
        }
        let area =
            measures.discrimination.map { range($0) }
            ?? (measures.errorRate == 0
                ? "not defined, as all values are right" : "not defined, as all values are wrong")
        return """
            wrong values                \(percent(measures.errorRate))
            expected calibration error  \(range(measures.calibrationError)); \
            \(thousandths(measures.errorByChance)) would be chance alone
            Brier score                 \(thousandths(measures.brierScore))
            area under the ROC curve    \(area)
            (in brackets: the range in 95 of 100 draws of the documents)
            """
    }

    private func selectionTable(_ selections: [CalibrationMeasures.Selection]) -> [String] {
        ["confidence     kept   wrong among them   of all errors"]
            + selections.map { selection in
                "from \(places(selection.confidence))" + left(percent(selection.coverage), 10)
                    + left(percent(selection.risk), 19) + left(percent(selection.errorsLeft), 16)
            }
    }

    private func percent(_ share: Double) -> String { fixed(share * 100, 1) + " %" }
    private func places(_ share: Double) -> String { fixed(share, 2) }
    private func thousandths(_ share: Double) -> String { fixed(share, 3) }
    private func right(_ number: Int, _ width: Int) -> String { left(String(number), width) }

    /// Text at the right edge of a column.
    private func left(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(0, width - text.count)) + text
    }

    /// A number with so many decimals.
    private func fixed(_ number: Double, _ decimals: Int) -> String {
        var factor = 1
        for _ in 0..<decimals { factor *= 10 }
        let units = Int((number * Double(factor)).rounded())
        let digits = String(abs(units % factor))
        let zeros = String(repeating: "0", count: decimals - digits.count)
        return "\(units < 0 ? "-" : "")\(abs(units / factor)).\(zeros)\(digits)"
    }

    // MARK: For programs

    var json: JSONValue {
        var object: [String: JSONValue] = [
            "pipeline": .text(pipeline), "documents": .number(report.documents),
            "values": .number(report.values.count),
            "fields": .list(
                report.fields.map {
                    .object([
                        "field": .text($0.name), "known": .number($0.known),
                        "found": .number($0.found), "right": .number($0.right),
                        "missing": .number($0.missing), "left_out": .number($0.unreadable.count),
                    ])
                }
            ),
            "corrections": .number(report.corrections),
            "unknown_files": .list(report.unknownFiles.map(JSONValue.text)),
            "other_keys": .list(report.otherKeys.map(JSONValue.text)),
        ]
        guard let measures else { return .object(object) }
        object["error_rate"] = .fraction(measures.errorRate)
        object["expected_calibration_error"] = Self.json(measures.calibrationError)
        object["expected_calibration_error_by_chance"] = .fraction(measures.errorByChance)
        object["brier_score"] = .fraction(measures.brierScore)
        object["auroc"] = measures.discrimination.map(Self.json) ?? .null
        object["reliability"] = .list(
            measures.bins.map {
                .object([
                    "from": .fraction($0.lowest), "to": .fraction($0.highest),
                    "values": .number($0.count), "confidence": .fraction($0.confidence),
                    "right": .fraction($0.right),
                ])
            }
        )
        object["coverage"] = .list(
            Self.coverages.map { Self.json(measures.selection(coverage: $0)) }
        )
        object["thresholds"] = .list(
            Self.thresholds.map { Self.json(measures.selection(confidence: $0)) }
        )
        return .object(object)
    }

    private static func json(_ estimate: CalibrationMeasures.Estimate) -> JSONValue {
        .object([
            "value": .fraction(estimate.value), "low": .fraction(estimate.low),
            "high": .fraction(estimate.high),
        ])
    }

    private static func json(_ selection: CalibrationMeasures.Selection) -> JSONValue {
        .object([
            "confidence": .fraction(selection.confidence),
            "coverage": .fraction(selection.coverage), "error_rate": .fraction(selection.risk),
            "of_all_errors": .fraction(selection.errorsLeft),
        ])
    }
}
