// swift-tools-version: 6.2
import PackageDescription

let swiftSettings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    // `public import` shows what a module leaks
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .strictMemorySafety(),  // every pointer use carries the word `unsafe`
    .treatAllWarnings(as: .error),
]
let testSettings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

// Kernels are measured and used optimised, in debug builds too: unoptimised, a test of the model takes minutes.
let kernelSettings: [CSetting] = [.unsafeFlags(["-O3", "-fno-math-errno"])]

// What we take from others, and for what.
let asyncHTTPClient = Target.Dependency.product(  // `model pull`
    name: "AsyncHTTPClient",
    package: "async-http-client"
)
let argumentParser = Target.Dependency.product(  // the command line, its help, completions, manual
    name: "ArgumentParser",
    package: "swift-argument-parser"
)
let crypto = Target.Dependency.product(  // SHA-256
    name: "Crypto",
    package: "swift-crypto"
)
let grdb = Target.Dependency.product(  // SQLite
    name: "GRDB",
    package: "GRDB.swift"
)
let nioCore = Target.Dependency.product(  // the bytes that AsyncHTTPClient hands out
    name: "NIOCore",
    package: "swift-nio"
)
let nioHTTP1 = Target.Dependency.product(  // the header fields that it takes and hands out
    name: "NIOHTTP1",
    package: "swift-nio"
)
let nioPosix = Target.Dependency.product(  // its error for a connection that cannot be made
    name: "NIOPosix",
    package: "swift-nio"
)
let nioSSL = Target.Dependency.product(  // whom to trust besides the system's authorities
    name: "NIOSSL",
    package: "swift-nio-ssl"
)
let subprocess = Target.Dependency.product(  // poppler's programs and a user's own engines
    name: "Subprocess",
    package: "swift-subprocess"
)
let systemPackage = Target.Dependency.product(  // paths of any bytes, file descriptors, Errno
    name: "SystemPackage",
    package: "swift-system"
)
let yams = Target.Dependency.product(  // YAML with line and column
    name: "Yams",
    package: "Yams"
)

let package = Package(
    name: "docket",
    products: [.executable(name: "docket", targets: ["docket"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.30.0"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2"),
    ],
    targets: [
        // MARK: App — what a person starts
        .executableTarget(
            name: "docket",
            dependencies: [
                "Running", "Exporting", "Reporting", "OCR", "FieldRules", "Reasoning", "Answering",
                "FeatureCache", "VisionLanguage", "RemoteModel", "Storage", "Jobs", "Scanning",
                "PipelineSpec", "Records",
                "ModelStore", "Qwen", "Generation", "Tokenization", "Tensors",
                "Sandbox", "Energy", argumentParser, systemPackage,
            ],
            path: "Sources/App/docket",
            swiftSettings: swiftSettings
        ),

        // MARK: Pipeline — what happens to a folder of documents, in this order
        .target(
            name: "PipelineSpec",
            dependencies: ["Records", yams, systemPackage],
            path: "Sources/Pipeline/PipelineSpec",
            swiftSettings: swiftSettings
        ),
        .target(
            name: "Records",
            path: "Sources/Pipeline/Records",
            swiftSettings: swiftSettings
        ),
        .target(
            name: "Scanning",
            dependencies: [crypto, systemPackage],
            path: "Sources/Pipeline/Scanning",
            swiftSettings: swiftSettings
        ),
        .target(
            name: "Jobs",
            dependencies: ["PipelineSpec", "Records", "Scanning", crypto, systemPackage],
            path: "Sources/Pipeline/Jobs",
            swiftSettings: swiftSettings
        ),
        .target(
            name: "Storage",
            dependencies: ["Jobs", "PipelineSpec", "Records", "Scanning", grdb, systemPackage],
            path: "Sources/Pipeline/Storage",
            swiftSettings: swiftSettings
        ),
        .target(
            name: "Running",
            dependencies: [
                "Storage", "Jobs", "PipelineSpec", "Records", "Scanning", systemPackage,
            ],
            path: "Sources/Pipeline/Running",
            swiftSettings: swiftSettings
        ),
        .target(
            name: "Exporting",
            dependencies: ["Storage", "Jobs", "Records", systemPackage],
            path: "Sources/Pipeline/Exporting",
            swiftSettings: swiftSettings
        ),
        .target(
            name: "Reporting",
            dependencies: ["Storage", "Jobs", "Records"],
            path: "Sources/Pipeline/Reporting",
            swiftSettings: swiftSettings
        ),

        // MARK: Engines — what can answer a job
        .target(
            name: "OCR",
            dependencies: [
                "Jobs", "PipelineSpec", "Records", "Scanning", "Imaging", "Barcodes", "Sandbox",
                "CTesseract", systemPackage,
            ],
            path: "Sources/Engines/OCR",
            swiftSettings: swiftSettings
        ),
        .target(
            name: "FieldRules",
            dependencies: ["Jobs", "PipelineSpec", "Records"],
            path: "Sources/Engines/FieldRules",
            swiftSettings: swiftSettings
        ),
        .target(  // a model's answers among the words that were read
            name: "EvidenceSearch",
            dependencies: ["FieldRules", "Records"],
            path: "Sources/Engines/EvidenceSearch",
            swiftSettings: swiftSettings
        ),
        .target(  // the seam between the steps that reason and what answers them
            name: "Answering",
            dependencies: ["Grammar", "Jobs", "PipelineSpec", systemPackage],
            path: "Sources/Engines/Answering",
            swiftSettings: swiftSettings
        ),
        .target(  // `ask`, `classify`, `summarize`: questions to any model
            name: "Reasoning",
            dependencies: [
                "Answering", "EvidenceSearch", "Grammar", "Jobs", "PipelineSpec", "Records",
                "Scanning", systemPackage,
            ],
            path: "Sources/Engines/Reasoning",
            swiftSettings: swiftSettings
        ),
        .target(
            name: "VisionLanguage",
            dependencies: [
                "Answering", "Jobs", "PipelineSpec", "FeatureCache", "Grammar", "Qwen",
                "Generation", "Tokenization", "Tensors", "Imaging", "Sandbox", systemPackage,
            ],
            path: "Sources/Engines/VisionLanguage",
            swiftSettings: swiftSettings
        ),
        .target(  // a model at an OpenAI-compatible server
            name: "RemoteModel",
            dependencies: [
                "Answering", "Grammar", "Jobs", "PipelineSpec", "VisionLanguage", "Generation",
                "Qwen", "Imaging", "Sandbox", "WebAccess", asyncHTTPClient, nioCore, nioHTTP1,
                systemPackage,
            ],
            path: "Sources/Engines/RemoteModel",
            swiftSettings: swiftSettings
        ),

        // MARK: Inference — our own Qwen models on the CPU
        .target(
            name: "ModelStore",
            dependencies: [
                "WebAccess", asyncHTTPClient, crypto, nioCore, nioHTTP1, systemPackage,
            ],
            path: "Sources/Inference/ModelStore",
            swiftSettings: swiftSettings
        ),
        .target(
            name: "Qwen",
            dependencies: ["Generation", "Tokenization", "Tensors", "CKernels", systemPackage],
            path: "Sources/Inference/Qwen",
            swiftSettings: swiftSettings
        ),
        .target(
            name: "Grammar",
            dependencies: ["Generation", "Tokenization"],
            path: "Sources/Inference/Grammar",
            swiftSettings: swiftSettings
        ),
        .target(  // image features on disk
            name: "FeatureCache",
            dependencies: ["Qwen", crypto, grdb, systemPackage],
            path: "Sources/Inference/FeatureCache",
            swiftSettings: swiftSettings
        ),
        .target(
            name: "Generation",
            dependencies: ["Tokenization"],
            path: "Sources/Inference/Generation",
            swiftSettings: swiftSettings
        ),
        .target(
            name: "Tokenization",
            dependencies: [systemPackage],
            path: "Sources/Inference/Tokenization",
            swiftSettings: swiftSettings
        ),
        .target(
            name: "Tensors",
            dependencies: ["CKernels", crypto, systemPackage],
            path: "Sources/Inference/Tensors",
            swiftSettings: swiftSettings
        ),
        // reference.c is the truth; the faster files are picked at run time
        .target(
            name: "CKernels",
            path: "Sources/Inference/CKernels",
            cSettings: kernelSettings,
            linkerSettings: [.linkedLibrary("m")]
        ),

        // MARK: Platform — what we borrow from the machine
        .target(
            name: "Imaging",
            dependencies: ["CPictures", systemPackage],
            path: "Sources/Platform/Imaging",
            swiftSettings: swiftSettings
        ),
        .target(
            name: "Sandbox",
            dependencies: ["CSandbox", subprocess, systemPackage],
            path: "Sources/Platform/Sandbox",
            swiftSettings: swiftSettings
        ),
        .target(  // proxies, trust, what errors of connections mean
            name: "WebAccess",
            dependencies: [asyncHTTPClient, nioCore, nioPosix, nioSSL, systemPackage],
            path: "Sources/Platform/WebAccess",
            swiftSettings: swiftSettings
        ),
        .target(
            name: "Energy",
            dependencies: [systemPackage],
            path: "Sources/Platform/Energy",
            swiftSettings: swiftSettings
        ),
        .target(
            name: "Barcodes",
            dependencies: ["CBarcodes"],
            path: "Sources/Platform/Barcodes",
            swiftSettings: swiftSettings
        ),
        // ZXing-C++ behind C functions that no exception leaves
        .target(
            name: "CBarcodes",
            path: "Sources/Platform/CBarcodes",
            linkerSettings: [.linkedLibrary("ZXing"), .linkedLibrary("stdc++")]
        ),
        // Leptonica, libjpeg, libpng, libwebp, libtiff, libheif behind C functions that cannot jump out
        .target(
            name: "CPictures",
            path: "Sources/Platform/CPictures",
            linkerSettings: [
                .linkedLibrary("lept"), .linkedLibrary("jpeg"), .linkedLibrary("png"),
                .linkedLibrary("webp"),
                .linkedLibrary("webpdemux"), .linkedLibrary("tiff"), .linkedLibrary("heif"),
            ]
        ),
        // Landlock, seccomp, limits, message passing with descriptors
        .target(
            name: "CSandbox",
            path: "Sources/Platform/CSandbox",
            linkerSettings: [.linkedLibrary("seccomp"), .linkedLibrary("stdc++")]
        ),
        .systemLibrary(
            name: "CTesseract",
            path: "Sources/Platform/CTesseract",
            pkgConfig: "tesseract",
            providers: [.apt(["libtesseract-dev"])]
        ),

        // MARK: Tests — the same groups and names
        .testTarget(
            name: "RecordsTests",
            dependencies: ["Records"],
            path: "Tests/Pipeline/RecordsTests",
            swiftSettings: testSettings
        ),
        .testTarget(
            name: "PipelineSpecTests",
            dependencies: ["PipelineSpec", "Records"],
            path: "Tests/Pipeline/PipelineSpecTests",
            swiftSettings: testSettings
        ),
        .testTarget(
            name: "ScanningTests",
            dependencies: ["Scanning", "PipelineSpec", systemPackage],
            path: "Tests/Pipeline/ScanningTests",
            swiftSettings: testSettings
        ),
        .testTarget(
            name: "JobsTests",
            dependencies: ["Jobs", "PipelineSpec", "Records"],
            path: "Tests/Pipeline/JobsTests",
            swiftSettings: testSettings
        ),
        .testTarget(
            name: "StorageTests",
            dependencies: [
                "Storage", "Jobs", "PipelineSpec", "Records", "Scanning", grdb, systemPackage,
            ],
            path: "Tests/Pipeline/StorageTests",
            swiftSettings: testSettings
        ),
        .testTarget(
            name: "RunningTests",
            dependencies: ["Running", "Storage", "Jobs", "PipelineSpec", "Records", grdb],
            path: "Tests/Pipeline/RunningTests",
            swiftSettings: testSettings
        ),
        .testTarget(
            name: "ExportingTests",
            dependencies: ["Exporting", "Storage", "Records"],
            path: "Tests/Pipeline/ExportingTests",
            swiftSettings: testSettings
        ),
        .testTarget(
            name: "ReportingTests",
            dependencies: ["Reporting", "Storage", "Records"],
            path: "Tests/Pipeline/ReportingTests",
            swiftSettings: testSettings
        ),
        .testTarget(
            name: "OCRTests",
            dependencies: [
                "OCR", "Jobs", "PipelineSpec", "Records", "Scanning", "Imaging", "Sandbox",
                systemPackage,
            ],
            path: "Tests/Engines/OCRTests",
            swiftSettings: testSettings
        ),
        .testTarget(
            name: "FieldRulesTests",
            dependencies: ["FieldRules", "Jobs", "PipelineSpec", "Records"],
            path: "Tests/Engines/FieldRulesTests",
            swiftSettings: testSettings
        ),
        .testTarget(
            name: "ReasoningTests",
            dependencies: [
                "Reasoning", "ScriptedModel", "Answering", "Grammar", "Jobs", "PipelineSpec",
                "Records", "Scanning", systemPackage,
            ],
            path: "Tests/Engines/ReasoningTests",
            swiftSettings: testSettings
        ),
        .testTarget(
            name: "EvidenceSearchTests",
            dependencies: ["EvidenceSearch", "Records"],
            path: "Tests/Engines/EvidenceSearchTests",
            swiftSettings: testSettings
        ),
        .testTarget(
            name: "VisionLanguageTests",
            dependencies: [
                "VisionLanguage", "Answering", "FeatureCache", "Grammar", "Jobs", "PipelineSpec",
                "Qwen", "Generation", "Tokenization", "Tensors", "Imaging", systemPackage,
            ],
            path: "Tests/Engines/VisionLanguageTests",
            swiftSettings: testSettings
        ),
        .testTarget(
            name: "RemoteModelTests",
            dependencies: [
                "RemoteModel", "Answering", "Grammar", "Jobs", "PipelineSpec", "VisionLanguage",
                "Imaging", "WebAccess", "FaultyHub", systemPackage,
            ],
            path: "Tests/Engines/RemoteModelTests",
            swiftSettings: testSettings
        ),
        .testTarget(
            name: "ModelStoreTests",
            dependencies: ["ModelStore", "WebAccess", "FaultyHub", systemPackage],
            path: "Tests/Inference/ModelStoreTests",
            swiftSettings: testSettings
        ),
        .testTarget(
            name: "ParityTests",
            dependencies: ["parity", "Tensors", systemPackage],
            path: "Tests/Inference/ParityTests",
            swiftSettings: testSettings
        ),
        .testTarget(
            name: "QwenTests",
            dependencies: ["Qwen", "Generation", "Tokenization", "Tensors", systemPackage],
            path: "Tests/Inference/QwenTests",
            swiftSettings: testSettings
        ),
        .testTarget(
            name: "GrammarTests",
            dependencies: ["Grammar", "Generation", "Tokenization", systemPackage],
            path: "Tests/Inference/GrammarTests",
            swiftSettings: testSettings
        ),
        .testTarget(
            name: "FeatureCacheTests",
            dependencies: ["FeatureCache", "Qwen", systemPackage],
            path: "Tests/Inference/FeatureCacheTests",
            swiftSettings: testSettings
        ),
        .testTarget(
            name: "GenerationTests",
            dependencies: ["Generation", "Tokenization"],
            path: "Tests/Inference/GenerationTests",
            swiftSettings: testSettings
        ),
        .testTarget(
            name: "TokenizationTests",
            dependencies: ["Tokenization", systemPackage],
            path: "Tests/Inference/TokenizationTests",
            swiftSettings: testSettings
        ),
        .testTarget(
            name: "TensorsTests",
            dependencies: ["Tensors", "CKernels", systemPackage],
            path: "Tests/Inference/TensorsTests",
            swiftSettings: testSettings
        ),
        .testTarget(
            name: "ImagingTests",
            dependencies: ["Imaging", systemPackage],
            path: "Tests/Platform/ImagingTests",
            exclude: ["Fixtures"],
            swiftSettings: testSettings
        ),
        .testTarget(
            name: "EnergyTests",
            dependencies: ["Energy", systemPackage],
            path: "Tests/Platform/EnergyTests",
            swiftSettings: testSettings
        ),
        .testTarget(
            name: "BarcodesTests",
            dependencies: ["Barcodes"],
            path: "Tests/Platform/BarcodesTests",
            swiftSettings: testSettings
        ),
        .executableTarget(  // every stage of the engine beside recorded outputs of the reference
            name: "parity",
            dependencies: [
                "Qwen", "Generation", "Tokenization", "Tensors", "CKernels", "Imaging", crypto,
                systemPackage,
            ],
            path: "Tests/Support/Parity",
            swiftSettings: testSettings
        ),
        .executableTarget(  // the feature cache, driven by Benchmarks/feature-cache.py
            name: "feature-cache-trial",
            dependencies: ["FeatureCache", "Qwen", grdb, systemPackage],
            path: "Tests/Support/FeatureCacheTrial",
            swiftSettings: testSettings
        ),
        .executableTarget(  // damaged files, by the thousand, into every reader of foreign bytes
            name: "fuzz",
            dependencies: ["Qwen", "Tokenization", "Tensors", "Imaging", crypto, systemPackage],
            path: "Tests/Support/Fuzz",
            swiftSettings: testSettings
        ),
        .target(  // a model that answers what a test has prepared
            name: "ScriptedModel",
            dependencies: ["Answering", "Jobs"],
            path: "Tests/Support/ScriptedModel",
            swiftSettings: testSettings
        ),
        .executableTarget(  // answers for Benchmarks/fit-evidence.py
            name: "evidence-probe",
            dependencies: ["EvidenceSearch", "Records"],
            path: "Tests/Support/EvidenceProbe",
            swiftSettings: testSettings
        ),
        .target(  // a hub that goes wrong in every way we know, on request
            name: "FaultyHub",
            dependencies: [crypto],
            path: "Tests/Support/FaultyHub",
            swiftSettings: testSettings
        ),
        .executableTarget(  // a worker that tries on request what its walls forbid
            name: "wall-probe",
            dependencies: ["Sandbox", systemPackage],
            path: "Tests/Support/WallProbe",
            swiftSettings: testSettings
        ),
        .testTarget(
            name: "SandboxTests",
            dependencies: ["Sandbox", "wall-probe", systemPackage],
            path: "Tests/Platform/SandboxTests",
            swiftSettings: testSettings
        ),
        .testTarget(
            name: "EndToEndTests",
            dependencies: ["docket", "FaultyHub", grdb],
            path: "Tests/EndToEnd",
            swiftSettings: testSettings
        ),
    ],
    cxxLanguageStandard: .cxx17
)
