import Foundation

/// What was compared, how far off it was, and what was not compared at all.
struct ParityReport {
    /// One recorded thing: an array, a list of ids, a file's digest.
    struct Item {
        let group: String
        let stage: String
        let name: String
        var error: Double?
        var tolerance: Double?
        var problem: String?
        var isCompared = false

        var hasPassed: Bool { isCompared && problem == nil }
    }

    private(set) var items: [Item] = []
    private var places: [String: Int] = [:]

    /// Announces a recorded thing; until it is compared it counts as failed.
    mutating func expect(_ name: String, group: String, stage: String) {
        precondition(places[name] == nil, "\(name) is expected twice")
        places[name] = items.count
        items.append(Item(group: group, stage: stage, name: name))
    }

    /// Records a comparison by numbers.
    ///
    /// - Parameters:
    ///   - name: As announced.
    ///   - error: The largest difference; not a number counts as a failure.
    ///   - tolerance: The largest that is allowed.
    mutating func compare(_ name: String, error: Double, tolerance: Double) {
        update(name) { item in
            item.error = max(item.error ?? 0, error.isNaN ? .infinity : error)
            item.tolerance = tolerance
            if !(error <= tolerance) {
                item.problem = "off by \(Self.short(error)), \(Self.short(tolerance)) allowed"
            }
        }
    }

    /// Records a comparison that is right or wrong.
    mutating func compare(_ name: String, problem: String?) {
        update(name) { item in
            if let problem { item.problem = problem }
        }
    }

    private mutating func update(_ name: String, _ change: (inout Item) -> Void) {
        guard let place = places[name] else { preconditionFailure("\(name) was not expected") }
        items[place].isCompared = true
        change(&items[place])
    }

    /// Fails what another report, with coarser numbers, failed.
    mutating func adoptFailures(of other: ParityReport, label: String) {
        for item in other.items where !item.hasPassed {
            update(item.name) {
                $0.problem = $0.problem ?? "\(label): \(item.problem ?? "not compared")"
            }
        }
    }

    var passed: Int { items.count(where: \.hasPassed) }
    var failed: Int { items.count - passed }

    /// What failed, a line each.
    var failures: [String] {
        items.filter { !$0.hasPassed }.map { "\($0.name): \($0.problem ?? "not compared")" }
    }

    /// The worst error of each stage beside its tolerance, and the counts.
    var table: [String] {
        var order: [String] = []
        var rows: [String: [Item]] = [:]
        for item in items {
            let key = "\(item.group)\t\(item.stage)"
            if rows[key] == nil { order.append(key) }
            rows[key, default: []].append(item)
        }
        var lines = [
            Self.row("checkpoint or set", "stage", "passed", "failed", "worst error", "tolerance")
        ]
        for key in order {
            let items = rows[key] ?? []
            guard let first = items.first else { continue }
            let errors = items.compactMap(\.error)
            let tolerances = items.compactMap(\.tolerance)
            lines.append(
                Self.row(
                    first.group,
                    first.stage,
                    "\(items.count(where: \.hasPassed))",
                    "\(items.count(where: { !$0.hasPassed }))",
                    errors.max().map(Self.short) ?? "exact",
                    tolerances.min().map(Self.short) ?? "exact"
                )
            )
        }
        return lines
    }

    private static func row(_ columns: String...) -> String {
        let widths = [22, 22, 7, 7, 12, 10]
        return zip(columns, widths).map { text, width in
            text.padding(toLength: max(width, text.count), withPad: " ", startingAt: 0)
        }.joined(separator: " ")
    }

    private static func short(_ number: Double) -> String { String(format: "%.1e", number) }
}

/// The largest difference between two arrays; infinite when they have not the same length.
func largestDifference(_ found: [Float], _ expected: [Float]) -> Double {
    guard found.count == expected.count else { return .infinity }
    var largest = 0.0
    for (one, other) in zip(found, expected) {
        let difference = abs(Double(one) - Double(other))
        // A comparison with what is not a number is false, which must not hide it.
        guard difference.isFinite else { return .infinity }
        largest = max(largest, difference)
    }
    return largest
}
