public import Records

extension StepCondition {
    /// Whether the step runs for this record, and the reason in words: it is stored with the job.
    ///
    /// - Parameter record: the record as the steps before have filled it.
    /// - Returns: the answer, and a reason such as `date has no value` or
    ///   `total is 0.62 sure, below 0.80`.
    public func isMet(by record: Record) -> (isMet: Bool, reason: String) {
        let absent = missing.filter { record.values[$0] == nil }
        if !absent.isEmpty {
            return (true, "\(joined(absent)) \(absent.count == 1 ? "has" : "have") no value")
        }
        if let least = orConfidenceBelow {
            for field in missing {
                guard let value = record.values[field], value.confidence < least else { continue }
                return (
                    true, "\(field) is \(places(value.confidence)) sure, below \(places(least))"
                )
            }
            return (
                false,
                missing.count == 1
                    ? "\(joined(missing)) has a value of confidence \(places(least)) or more"
                    : "\(joined(missing)) have values of confidence \(places(least)) or more"
            )
        }
        return (
            false, "\(joined(missing)) \(missing.count == 1 ? "has a value" : "have values")"
        )
    }

    private func joined(_ names: [String]) -> String {
        guard let last = names.last, names.count > 1 else { return names.first ?? "" }
        return names.dropLast().joined(separator: ", ") + " and " + last
    }

    /// Two decimal places, cut rather than rounded: 0.799 is below 0.80 and must not be shown as it.
    private func places(_ number: Double) -> String {
        let hundredths = Int((min(max(number, 0), 1) * 100 + 1e-9).rounded(.down))
        let digits = String(hundredths % 100)
        return "\(hundredths / 100)." + (digits.count < 2 ? "0" : "") + digits
    }
}
