package io.millrace.broker.storage.sim;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;

/** Damages, while nothing runs, files that hold nothing but what can be built again from others. */
final class SimLosses {

    private static final List<String> REBUILDABLE = List.of(
            ".index",
            ".timeindex",
            ".snapshot",
            "leader-epoch-checkpoint",
            "recovery-point-offset-checkpoint",
            "cleaner-offset-checkpoint");

    private final SimFileStore store;
    private final Path folder;
    private final SplittableRandom random;

    SimLosses(SimFileStore store, Path folder, SplittableRandom random) {
        this.store = store;
        this.folder = folder;
        this.random = random;
    }

    void damageWhatCanBeRebuilt() {
        if (random.nextInt(3) > 0) {
            return;
        }
        try {
            for (Path path : store.files(folder)) {
                String name = path.getFileName().toString();
                if (random.nextInt(6) == 0 && REBUILDABLE.stream().anyMatch(name::endsWith)) {
                    damage(path, name);
                }
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private void damage(Path path, String name) throws IOException {
        SimFile file = store.file(path);
        int dice = random.nextInt(3);
        if (dice == 0 || file.size() == 0) {
            store.delete(path);
        } else if (dice == 1) {
            file.truncate(random.nextInt(file.size()));
        } else if (!name.endsWith("checkpoint")) {
            // A digit of a checkpoint file may change into another digit, which nothing can notice: Kafka's format.
            file.flipBit(random.nextInt(file.size()), random.nextInt(8));
        }
    }
}
