package io.millrace.broker.storage.segment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.broker.storage.OsFileStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Both indexes against a TreeMap, across spills, seals, truncations and reopening. {@code -Dseed=} replays one run. */
class IndexModelTest {

    private static final long BASE = 5_000_000_000L;

    @TempDir
    Path directory;

    private final OpenFiles openFiles = new OpenFiles(new OsFileStore(), 4);

    private Path path(String name) {
        return directory.resolve(name);
    }

    @Test
    void offsetIndexAgreesWithATreeMap() throws IOException {
        Long seed = Long.getLong("seed");
        for (long each = seed == null ? 0 : seed; each < (seed == null ? 30 : seed + 1); each++) {
            runOffsets(new Random(each), path("offsets-" + each), "seed " + each);
        }
    }

    private void runOffsets(Random random, Path path, String seed) throws IOException {
        TreeMap<Long, Integer> model = new TreeMap<>();
        OffsetIndex index = new OffsetIndex(new SharedFile(openFiles, path), BASE, 0);
        long offset = BASE;
        int position = 0;
        for (int step = 0; step < 1500; step++) {
            int action = random.nextInt(200);
            if (action == 0) {
                index.seal();
                index.file().close();
                index = new OffsetIndex(
                        new SharedFile(openFiles, path), BASE, (int) (Files.size(path) / OffsetIndex.ENTRY_BYTES));
            } else if (action == 1) {
                index.flush();
            } else if (action == 2) {
                long cut = BASE + random.nextLong(offset - BASE + 1);
                index.truncateTo(cut);
                model.tailMap(cut, true).clear();
                offset = Math.max(BASE, cut - 1);
            } else {
                offset += 1 + random.nextInt(50);
                position += 1 + random.nextInt(10_000);
                index.append(offset, position);
                model.put(offset, position);
            }
            assertThat(index.count()).as(seed).isEqualTo(model.size());
            long asked = BASE + random.nextLong(offset - BASE + 100);
            Map.Entry<Long, Integer> floor = model.floorEntry(asked);
            OffsetIndex.Entry expected = floor == null
                    ? new OffsetIndex.Entry(BASE, 0)
                    : new OffsetIndex.Entry(floor.getKey(), floor.getValue());
            assertThat(index.lookup(asked)).as("%s step %d", seed, step).isEqualTo(expected);
        }
        index.flush();
        assertThat(Files.size(path)).isEqualTo(model.size() * 8L);
        assertThat(index.isOrdered()).isTrue();
        index.file().close();
    }

    @Test
    void timeIndexAgreesWithATreeMap() throws IOException {
        for (long seed = 0; seed < 30; seed++) {
            runTimes(new Random(seed), path("times-" + seed), "seed " + seed);
        }
    }

    private void runTimes(Random random, Path path, String seed) throws IOException {
        TreeMap<Long, Long> model = new TreeMap<>();
        TimeIndex index = new TimeIndex(new SharedFile(openFiles, path), BASE, 0);
        long offset = BASE;
        long timestampMs = 1_000;
        for (int step = 0; step < 1500; step++) {
            int action = random.nextInt(200);
            if (action == 0) {
                index.seal();
                index.file().close();
                index = new TimeIndex(
                        new SharedFile(openFiles, path), BASE, (int) (Files.size(path) / TimeIndex.ENTRY_BYTES));
            } else if (action == 1 && !model.isEmpty()) {
                long cut = BASE + random.nextLong(offset - BASE + 1);
                index.truncateTo(cut);
                model.values().removeIf(each -> each >= cut);
                offset = Math.max(BASE, cut - 1);
                timestampMs = model.isEmpty() ? 1_000 : model.lastKey();
            } else {
                offset += 1 + random.nextInt(50);
                timestampMs += random.nextInt(5); // not always growing: then there is no entry
                index.append(new TimestampOffset(timestampMs, offset));
                model.putIfAbsent(timestampMs, offset);
            }
            long asked = 900 + random.nextLong(timestampMs - 900 + 100);
            Map.Entry<Long, Long> floor = model.floorEntry(asked);
            assertThat(index.lookup(asked))
                    .as("%s step %d", seed, step)
                    .isEqualTo(
                            floor == null
                                    ? TimestampOffset.NONE
                                    : new TimestampOffset(floor.getKey(), floor.getValue()));
        }
        index.file().close();
    }

    @Test
    void keepsTheEndInMemoryHoweverLongItGets() throws IOException {
        OffsetIndex index = new OffsetIndex(new SharedFile(openFiles, path("long")), 0, 0);
        for (int i = 1; i <= 10_000; i++) {
            index.append(i, i);
        }
        Files.write(path("long"), new byte[0]);

        assertThat(index.lookup(9_990)).isEqualTo(new OffsetIndex.Entry(9_990, 9_990));
        assertThatThrownBy(() -> index.lookup(10)).isInstanceOf(IOException.class);
    }
}
