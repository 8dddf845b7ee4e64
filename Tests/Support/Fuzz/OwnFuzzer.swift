import FoundationEssentials
import Glibc

/// Mutations without knowledge of coverage, the same for the same seed, for machines without libFuzzer.
enum OwnFuzzer {
    /// The longest that one input may take.
    private static let secondsPerInput: UInt32 = 5
    /// The most memory that the process may come to, in kilobytes.
    private static let mostMemory = 2 << 20

    /// Runs inputs as they are, or mutations of them until the time is over.
    ///
    /// - Returns: An exit status.
    static func run(_ target: FuzzTarget, arguments: [String]) -> CInt {
        var seconds: Double?
        var seed: UInt64 = 1
        var inputs: [[UInt8]] = []
        for word in arguments {
            if word.hasPrefix("-seconds=") {
                seconds = Double(word.dropFirst(9))
            } else if word.hasPrefix("-seed=") {
                seed = UInt64(word.dropFirst(6)) ?? 1
            } else {
                inputs += read(word)
            }
        }
        guard let seconds else {
            for input in inputs { target.read(input) }
            print("\(inputs.count) inputs read")
            return 0
        }
        var mutations = Mutations(seed: seed, seeds: inputs)
        let end = ContinuousClock.now + .seconds(seconds)
        var count = 0
        while ContinuousClock.now < end {
            let input = mutations.next()
            // What the process dies of is found here.
            try? Data(input).write(to: URL(filePath: "fuzz-\(target.rawValue).input"))
            alarm(secondsPerInput)
            target.read(input)
            alarm(0)
            count += 1
            var usage = rusage()
            guard unsafe getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage) == 0,
                usage.ru_maxrss < mostMemory
            else {
                print("too much memory: fuzz-\(target.rawValue).input")
                return 1
            }
        }
        try? FileManager.default.removeItem(atPath: "fuzz-\(target.rawValue).input")
        print("\(count) inputs read")
        return 0
    }

    private static func read(_ path: String) -> [[UInt8]] {
        let names = try? FileManager.default.contentsOfDirectory(atPath: path)
        let files = names.map { $0.sorted().map { "\(path)/\($0)" } } ?? [path]
        return files.compactMap { (try? Data(contentsOf: URL(filePath: $0))).map(Array.init) }
    }
}

/// Damages files.
struct Mutations {
    private var random: SplitMix
    private let seeds: [[UInt8]]

    init(seed: UInt64, seeds: [[UInt8]]) {
        random = SplitMix(state: seed)
        self.seeds = seeds.isEmpty ? [[0]] : seeds
    }

    /// The next input: a seed with one to eight pieces of damage.
    mutating func next() -> [UInt8] {
        var bytes = seeds.randomElement(using: &random) ?? []
        for _ in 0..<Int.random(in: 1...8, using: &random) { damage(&bytes) }
        return bytes
    }

    /// Values that counts and lengths are set to.
    private static let extremes: [UInt64] = [
        0, 1, 0x7F, 0x80, 0xFF, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF, 1 << 40, 1 << 62,
        UInt64(Int64.max), 1 << 63, .max,
    ]

    private mutating func damage(_ bytes: inout [UInt8]) {
        guard !bytes.isEmpty else {
            bytes = [UInt8.random(in: 0...255, using: &random)]
            return
        }
        // Headers are where structure is: half of all damage is done there.
        let reach = Bool.random(using: &random) ? min(bytes.count, 512) : bytes.count
        let place = Int.random(in: 0..<reach, using: &random)
        switch Int.random(in: 0..<7, using: &random) {
        case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        case 1: bytes[place] = UInt8.random(in: 0...255, using: &random)
        case 2: bytes.removeSubrange(place...)
        case 3:
            let value = Self.extremes.randomElement(using: &random) ?? 0
            for index in 0..<8 where place + index < bytes.count {
                bytes[place + index] = UInt8(truncatingIfNeeded: value >> (8 * UInt64(index)))
            }
        case 4:
            let end = min(bytes.count, place + Int.random(in: 1...64, using: &random))
            bytes.insert(contentsOf: Array(bytes[place..<end]), at: place)
        case 5:
            let end = min(bytes.count, place + Int.random(in: 1...64, using: &random))
            bytes.removeSubrange(place..<end)
        default:
            let other = seeds.randomElement(using: &random) ?? []
            guard !other.isEmpty else { return }
            let from = Int.random(in: 0..<other.count, using: &random)
            bytes.replaceSubrange(place..., with: other[from...])
        }
    }
}

/// Random numbers that begin the same for the same seed (Steele, Lea and Flood, 2014).
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
