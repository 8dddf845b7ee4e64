import Energy
import Foundation

/// What the processor used, in words.
enum EnergyText {
    /// For the statistics of an answer.
    static func answer(_ energy: Result<Double, EnergyFault>) -> String {
        switch energy {
        case .success(let joules):
            "\(number(joules)) J (the whole processor, other programs included)"
        case .failure(let fault): "not known: \(reason(fault))"
        }
    }

    /// For the summary of a run.
    ///
    /// - Parameters:
    ///   - energy: Of the whole run.
    ///   - documents: Documents that were worked on, at least one.
    /// - Returns: One line.
    static func run(_ energy: Result<Double, EnergyFault>, documents: Int) -> String {
        switch energy {
        case .success(let joules):
            "energy: \(number(joules / Double(documents))) J a document, \(number(joules)) J in all "
                + "(the whole processor, other programs included)"
        case .failure(let fault): "energy: not known, \(reason(fault))"
        }
    }

    /// For programs: joules, or null and the reason.
    static func json(_ energy: Result<Double, EnergyFault>) -> [String: JSONValue] {
        switch energy {
        case .success(let joules): ["joules": .fraction(joules)]
        case .failure(let fault): ["joules": .null, "joules_unknown": .text(reason(fault))]
        }
    }

    static func reason(_ fault: EnergyFault) -> String {
        switch fault {
        case .noCounters: "this machine shows no counters (RAPL)"
        case .notPermitted(let file): "\(file) is for root alone"
        case .unreadable(let file): "\(file) cannot be read"
        }
    }

    private static func number(_ joules: Double) -> String {
        String(format: joules < 100 ? "%.1f" : "%.0f", joules)
    }
}
