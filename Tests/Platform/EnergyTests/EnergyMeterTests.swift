import Energy
import Foundation
import SystemPackage
import Testing

/// Counters in a folder that looks as the kernel's does.
@Suite struct EnergyMeterTests {
    private final class Counters {
        let folder: FilePath

        init() throws {
            let path = FileManager.default.temporaryDirectory
                .appendingPathComponent("docket-energy-\(UUID().uuidString)").path
            folder = FilePath(path)
            try FileManager.default.createDirectory(
                atPath: path,
                withIntermediateDirectories: true
            )
        }

        deinit { try? FileManager.default.removeItem(atPath: folder.string) }

        func write(_ zone: String, name: String, energy: String, largest: String = "1000000000")
            throws
        {
            let path = folder.appending(zone).string
            try FileManager.default.createDirectory(
                atPath: path,
                withIntermediateDirectories: true
            )
            try "\(name)\n".write(toFile: path + "/name", atomically: false, encoding: .utf8)
            try "\(largest)\n".write(
                toFile: path + "/max_energy_range_uj",
                atomically: false,
                encoding: .utf8
            )
            try set(zone, energy)
        }

        func set(_ zone: String, _ energy: String) throws {
            try "\(energy)\n".write(
                toFile: folder.appending(zone).string + "/energy_uj",
                atomically: false,
                encoding: .utf8
            )
        }
    }

    @Test func `packages are summed, their parts and copies are not counted again`() throws {
        let counters = try Counters()
        try counters.write("intel-rapl:0", name: "package-0", energy: "5000000")
        try counters.write("intel-rapl:1", name: "package-1", energy: "100")
        try counters.write("intel-rapl:2", name: "psys", energy: "900")
        try counters.write("intel-rapl:0:0", name: "core", energy: "77")
        try counters.write("intel-rapl-mmio:0", name: "package-0", energy: "5000000")
        let meter = EnergyMeter(folder: counters.folder)
        #expect(try meter.joules() == 0)
        try counters.set("intel-rapl:0", "7500000")
        try counters.set("intel-rapl:1", "250100")
        for zone in ["intel-rapl:2", "intel-rapl:0:0", "intel-rapl-mmio:0"] {
            try counters.set(zone, "999999999")
        }
        #expect(try meter.joules() == 2.75)
        #expect(try meter.joules() == 2.75)
    }

    @Test func `a counter that begins anew goes on counting`() throws {
        let counters = try Counters()
        try counters.write(
            "intel-rapl:0",
            name: "package-0",
            energy: "262143000000",
            largest: "262143328850"
        )
        let meter = EnergyMeter(folder: counters.folder)
        try counters.set("intel-rapl:0", "1671150")
        #expect(try meter.joules() == 2)
        try counters.set("intel-rapl:0", "262143328850")
        _ = try meter.joules()
        try counters.set("intel-rapl:0", "1000000")
        #expect(abs(try meter.joules() - 262_144.657_7) < 0.001)
    }

    @Test func `where the kernel shows no counters, that is said`() throws {
        let counters = try Counters()
        let none = EnergyFault.noCounters(folder: counters.folder)
        #expect(throws: none) { try EnergyMeter(folder: counters.folder).joules() }
        try counters.write("intel-rapl:0", name: "psys", energy: "1")
        #expect(throws: none) { try EnergyMeter(folder: counters.folder).joules() }
        let missing = counters.folder.appending("missing")
        #expect(throws: EnergyFault.noCounters(folder: missing)) {
            try EnergyMeter(folder: missing).joules()
        }
    }

    @Test(.enabled(if: getuid() != 0, "root may read every file"))
    func `counters of other users are told from none`() throws {
        let counters = try Counters()
        try counters.write("intel-rapl:0", name: "package-0", energy: "1")
        let file = counters.folder.appending("intel-rapl:0/energy_uj")
        try FileManager.default.setAttributes([.posixPermissions: 0], ofItemAtPath: file.string)
        #expect(throws: EnergyFault.notPermitted(file: file)) {
            try EnergyMeter(folder: counters.folder).joules()
        }
    }

    @Test(arguments: ["", "many", "-5", "99999999999999999999999"])
    func `a counter without a number is no counter`(energy: String) throws {
        let counters = try Counters()
        try counters.write("intel-rapl:0", name: "package-0", energy: energy)
        let file = counters.folder.appending("intel-rapl:0/energy_uj")
        #expect(throws: EnergyFault.unreadable(file: file)) {
            try EnergyMeter(folder: counters.folder).joules()
        }
    }

    @Test func `a counter that goes away is told, not taken for nothing used`() throws {
        let counters = try Counters()
        try counters.write("intel-rapl:0", name: "package-0", energy: "1")
        let meter = EnergyMeter(folder: counters.folder)
        let file = counters.folder.appending("intel-rapl:0/energy_uj")
        try FileManager.default.removeItem(atPath: file.string)
        #expect(throws: EnergyFault.unreadable(file: file)) { try meter.joules() }
    }
}
