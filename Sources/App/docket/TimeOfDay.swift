import ArgumentParser
import Foundation

/// A time of day such as `06:00`.
struct TimeOfDay: ExpressibleByArgument {
    let hour: Int
    let minute: Int

    init(hour: Int, minute: Int) {
        self.hour = hour
        self.minute = minute
    }

    /// `02:30`.
    var text: String { [hour, minute].map { $0 < 10 ? "0\($0)" : "\($0)" }.joined(separator: ":") }

    /// The time as a command line shows it.
    var defaultValueDescription: String { text }

    init?(argument: String) {
        let parts = argument.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ (1...2).contains($0.count) }),
            let hour = Int(parts[0]), let minute = Int(parts[1]), (0...23).contains(hour),
            (0...59).contains(minute)
        else { return nil }
        self.hour = hour
        self.minute = minute
    }

    /// The next moment at which the clock on the wall shows this time.
    func nextInstant(from now: Date = .now, calendar: Calendar = .current)
        -> ContinuousClock.Instant
    {
        let next = calendar.nextDate(
            after: now,
            matching: DateComponents(hour: hour, minute: minute),
            matchingPolicy: .nextTime
        )
        let seconds = (next ?? now).timeIntervalSince(now)
        return ContinuousClock.now.advanced(by: .seconds(seconds))
    }
}
