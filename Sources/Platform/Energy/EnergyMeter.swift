internal import Synchronization
public import SystemPackage

/// Why it is not known what the processor used.
public enum EnergyFault: Error, Equatable, Sendable {
    /// The kernel shows no counter of a processor package: another kind of processor, a virtual machine, a container.
    case noCounters(folder: FilePath)
    /// The counters are for other users: since Linux 5.10 for root alone.
    case notPermitted(file: FilePath)
    /// A counter cannot be read, or has no number.
    case unreadable(file: FilePath)
}

/// What the processor used since the meter was made, as its own counters tell (RAPL).
///
/// The counters are of whole packages: all cores, their caches and, on some processors, graphics; and of all programs that ran
/// meanwhile. Memory, disks and the power supply's losses are not in them.
///
/// A counter begins anew after some 60 to 260 kilojoules: read the meter at least every few minutes.
///
/// Source: Linux, `Documentation/power/powercap/powercap.rst`; the driver of AMD's counters gives the same folders.
public final class EnergyMeter: Sendable {
    /// Where Linux shows the counters.
    public static let standardFolder = FilePath("/sys/class/powercap")

    private struct Counter {
        let file: FilePath
        /// The counter's largest number, in microjoules.
        let largest: UInt64
        var last: UInt64
    }

    private struct Content {
        var counters: [Counter]
        var microjoules: UInt64 = 0
    }

    private let content: Mutex<Content>
    private let fault: EnergyFault?

    /// Finds the counters and reads them for the first time.
    ///
    /// - Parameter folder: Where they are.
    public init(folder: FilePath = standardFolder) {
        do throws(EnergyFault) {
            content = Mutex(Content(counters: try Self.counters(in: folder)))
            fault = nil
        } catch {
            content = Mutex(Content(counters: []))
            fault = error
        }
    }

    /// Reads the counters.
    ///
    /// - Returns: Joules since the meter was made, of all packages together.
    /// - Throws: ``EnergyFault``: the same each time where there was none to begin with.
    public func joules() throws(EnergyFault) -> Double {
        if let fault { throw fault }
        let microjoules = try content.withLock { content throws(EnergyFault) in
            for index in content.counters.indices {
                let counter = content.counters[index]
                let now = try Self.number(in: counter.file)
                content.microjoules += Self.difference(counter.last, now, counter.largest)
                content.counters[index].last = now
            }
            return content.microjoules
        }
        return Double(microjoules) / 1e6
    }

    private static func difference(_ last: UInt64, _ now: UInt64, _ largest: UInt64) -> UInt64 {
        if now >= last { return now - last }
        // It began anew once in between. What never fits the counter's own range counts nothing.
        return last <= largest && now <= largest ? largest - last + now : 0
    }

    // MARK: Finding them

    private static func counters(in folder: FilePath) throws(EnergyFault) -> [Counter] {
        // More packages than any board has. `intel-rapl-mmio:0` is the first package once more, `intel-rapl:0:1` a part of one.
        var counters: [Counter] = []
        for package in 0..<64 {
            let zone = folder.appending("intel-rapl:\(package)")
            guard let name = try? text(in: zone.appending("name")) else { continue }
            // Beside packages there is `psys`, the whole board, which holds them once more.
            guard name.hasPrefix("package") else { continue }
            let file = zone.appending("energy_uj")
            let largest = try number(in: zone.appending("max_energy_range_uj"))
            counters.append(Counter(file: file, largest: largest, last: try number(in: file)))
        }
        guard !counters.isEmpty else { throw .noCounters(folder: folder) }
        return counters
    }

    private static func number(in file: FilePath) throws(EnergyFault) -> UInt64 {
        let words: String
        do {
            words = try text(in: file)
        } catch {
            throw error == .permissionDenied || error == .notPermitted
                ? .notPermitted(file: file) : .unreadable(file: file)
        }
        guard let number = UInt64(words) else { throw .unreadable(file: file) }
        return number
    }

    /// The first line of a short file.
    private static func text(in file: FilePath) throws(Errno) -> String {
        var bytes = [UInt8](repeating: 0, count: 64)
        do {
            let descriptor = try FileDescriptor.open(file, .readOnly, options: .closeOnExec)
            let count = try descriptor.closeAfter {
                try unsafe bytes.withUnsafeMutableBytes { try unsafe descriptor.read(into: $0) }
            }
            let line = bytes[..<count].prefix { $0 != UInt8(ascii: "\n") }
            return String(decoding: line, as: UTF8.self)
        } catch let errno as Errno {
            throw errno
        } catch {
            throw .ioError
        }
    }
}
