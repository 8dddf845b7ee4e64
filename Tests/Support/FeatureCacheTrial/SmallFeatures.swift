import Qwen

/// Of no use but to be found.
let smallFeatures = PictureFeatures(
    grid: PatchGrid(time: 1, rows: 2, columns: 2),
    tokenCount: 1,
    width: 8,
    embeddings: [Float](repeating: 1, count: 8),
    deepstack: []
)
