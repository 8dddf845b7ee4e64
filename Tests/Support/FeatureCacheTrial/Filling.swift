import FeatureCache
import Foundation
import Glibc
import Qwen
import SystemPackage

/// Many entries, and how long look-ups among them take.
struct Filling {
    let cache: FeatureCache
    let side: Int

    /// Adds entries and measures; prints one line of JSON.
    func run(_ count: Int) throws {
        // Features of the size that a model of 2048 makes: [side / 32]² tokens, three layers beside the embeddings.
        let tokens = (side / 32) * (side / 32)
        let features = PictureFeatures(
            grid: PatchGrid(time: 1, rows: side / 16, columns: side / 16),
            tokenCount: tokens,
            width: 2048,
            embeddings: (0..<tokens * 2048).map { Float($0 % 251) / 16 },
            deepstack: (1...3).map { layer in
                (0..<tokens * 2048).map { Float($0 % 241) / Float(layer * 16) }
            }
        )
        cache.store(features, of: drawn(0, isCopy: false))
        let folder = cache.location.folder
        try SyntheticEntries.add(count, to: folder.appending("index.sqlite"))
        // What is there when it is opened counts.
        let opened = FeatureCache(cache.location, model: "trial") { print("note: \($0)") }
        var absent: [Double] = []
        var exact: [Double] = []
        var near: [Double] = []
        var index: [Double] = []
        guard let probe = IndexProbe(folder: folder, model: "trial") else { return }
        for number in 1...200 {
            let picture = drawn(number, isCopy: false)
            let search = probe.search(for: picture)
            index.append(milliseconds { _ = search() })
            absent.append(milliseconds { _ = opened.lookUp(picture) })
        }
        let original = drawn(0, isCopy: false)
        let copy = drawn(0, isCopy: true)
        for _ in 1...50 {
            exact.append(
                milliseconds {
                    guard case .exact = opened.lookUp(original) else { return print("not exact") }
                }
            )
            near.append(
                milliseconds {
                    guard case .near = opened.lookUp(copy) else { return print("not near") }
                }
            )
        }
        func figures(_ times: [Double]) -> String {
            let sorted = times.sorted()
            return String(
                format: "{\"median\": %.3f, \"worst\": %.3f}",
                sorted[sorted.count / 2],
                sorted[sorted.count - 1]
            )
        }
        print(
            "{\"entries\": \(count), \"side\": \(side), \"index\": \(figures(index)), "
                + "\"absent\": \(figures(absent)), \"exact\": \(figures(exact)), \"near\": \(figures(near))}"
        )
    }

    /// Bars of many lengths, as lines of print are; a copy differs by a little noise.
    private func drawn(_ number: Int, isCopy: Bool) -> SeenPicture {
        var state = UInt64(number) &* 0x9E37_79B9_7F4A_7C15 &+ 1
        func next() -> Int {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return Int(state >> 33)
        }
        var pixels = [UInt8](repeating: 250, count: side * side * 3)
        for top in stride(from: 16, to: side - 16, by: 14) {
            var left = 8 + next() % 64
            while left < side - 40 {
                let end = min(side - 8, left + 4 + next() % 40)
                for row in top..<top + 8 {
                    for place in (row * side + left) * 3..<(row * side + end) * 3 {
                        pixels[place] = 30
                    }
                }
                left = end + 4 + next() % 30
            }
        }
        if isCopy {
            for place in stride(from: 0, to: pixels.count, by: 7) { pixels[place] &-= 2 }
        }
        return SeenPicture(
            RGBPicture(width: side, height: side, pixels: pixels),
            digits: String(number),
            source: .init(width: side, height: side)
        )
    }

    /// Milliseconds of the processor: those of the clock on the wall belong to whoever else is at work.
    private func milliseconds(_ body: () -> Void) -> Double {
        func now() -> Double {
            var time = timespec()
            clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
            return Double(time.tv_sec) * 1000 + Double(time.tv_nsec) / 1e6
        }
        let start = now()
        body()
        return now() - start
    }
}
