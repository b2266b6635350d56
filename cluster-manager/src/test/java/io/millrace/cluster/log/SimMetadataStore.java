package io.millrace.cluster.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * A directory on a disk that keeps its promises and no more. After a crash each sector that was not synced is there or
 * not, and so is each change to names. A sync that fails forgets what it should have written: the process goes on reading
 * it, the disk never gets it.
 */
final class SimMetadataStore implements MetadataStore {
    private static final int SECTOR = 512;

    private final Random random;
    private Map<String, SimFile> names = new TreeMap<>();
    private Map<String, SimFile> durableNames = new TreeMap<>();
    private final List<Consumer<Map<String, SimFile>>> unsyncedNames = new ArrayList<>();
    private int failuresIn = Integer.MAX_VALUE;
    int syncs;

    SimMetadataStore(Random random) {
        this.random = random;
    }

    /** The {@code count}-th write or sync from now on fails, and every one after it. */
    void failIn(int count) {
        failuresIn = count;
    }

    /** What a machine finds that starts after power was lost now. */
    void crash() {
        failuresIn = Integer.MAX_VALUE;
        for (Consumer<Map<String, SimFile>> change : unsyncedNames) {
            if (random.nextBoolean()) {
                change.accept(durableNames);
            }
        }
        unsyncedNames.clear();
        durableNames.values().forEach(file -> file.crash(random));
        names = new TreeMap<>(durableNames);
    }

    /** What a new process finds when only the old one ended: everything that was written. */
    void restart() {
        failuresIn = Integer.MAX_VALUE;
    }

    byte[] content(String name) {
        return file(name).bytes.clone();
    }

    void overwrite(String name, byte[] content) {
        SimFile file = file(name);
        file.bytes = content.clone();
        file.durable = content.clone();
        file.unsynced.clear();
    }

    @Override
    public List<String> list() {
        return List.copyOf(names.keySet());
    }

    @Override
    public byte[] read(String name) {
        return content(name);
    }

    @Override
    public void write(String name, long position, ByteBuffer bytes) throws IOException {
        if (!names.containsKey(name)) {
            SimFile created = new SimFile();
            changeNames(all -> all.put(name, created));
        }
        byte[] all = new byte[bytes.remaining()];
        bytes.get(all);
        if (isFailing()) {
            file(name).change(new Write((int) position, Arrays.copyOf(all, random.nextInt(all.length + 1))));
            throw new IOException("no space left on the simulated disk");
        }
        file(name).change(new Write((int) position, all));
    }

    @Override
    public void truncate(String name, long size) {
        file(name).change(new Cut((int) size));
    }

    @Override
    public void sync(String name) throws IOException {
        if (isFailing()) {
            file(name).unsynced.clear();
            throw new IOException("the simulated disk failed");
        }
        syncs++;
        file(name).sync();
    }

    @Override
    public void rename(String from, String to) {
        SimFile file = file(from);
        changeNames(all -> {
            all.remove(from);
            all.put(to, file);
        });
    }

    @Override
    public void delete(String name) {
        file(name);
        changeNames(all -> all.remove(name));
    }

    @Override
    public void syncDirectory() throws IOException {
        if (isFailing()) {
            throw new IOException("the simulated disk failed");
        }
        durableNames = new TreeMap<>(names);
        unsyncedNames.clear();
    }

    @Override
    public String describe(String name) {
        return "sim/" + name;
    }

    @Override
    public void close() {}

    private boolean isFailing() {
        return failuresIn != Integer.MAX_VALUE && --failuresIn < 0;
    }

    private void changeNames(Consumer<Map<String, SimFile>> change) {
        change.accept(names);
        unsyncedNames.add(change);
    }

    private SimFile file(String name) {
        SimFile file = names.get(name);
        if (file == null) {
            throw new AssertionError("no file " + name);
        }
        return file;
    }

    /** Bytes as a process sees them, as the disk has them, and the changes that are in between. */
    private static final class SimFile {
        byte[] bytes = new byte[0];
        byte[] durable = new byte[0];
        final List<Change> unsynced = new ArrayList<>();

        void change(Change change) {
            bytes = change.applyTo(bytes);
            unsynced.add(change);
        }

        void sync() {
            for (Change change : unsynced) {
                durable = change.applyTo(durable);
            }
            unsynced.clear();
        }

        void crash(Random random) {
            for (Change change : unsynced) {
                durable = change.tornBy(random, durable);
            }
            unsynced.clear();
            bytes = durable.clone();
        }
    }

    /** A change to a file's bytes. */
    private interface Change {
        byte[] applyTo(byte[] bytes);

        /** The bytes after a crash in which the change was not synced. */
        byte[] tornBy(Random random, byte[] bytes);
    }

    private record Cut(int size) implements Change {
        @Override
        public byte[] applyTo(byte[] bytes) {
            return Arrays.copyOf(bytes, Math.min(size, bytes.length));
        }

        @Override
        public byte[] tornBy(Random random, byte[] bytes) {
            return random.nextBoolean() ? applyTo(bytes) : bytes;
        }
    }

    private static final class Write implements Change {
        private final int position;
        private final byte[] data;

        Write(int position, byte[] data) {
            this.position = position;
            this.data = data;
        }

        @Override
        public byte[] applyTo(byte[] bytes) {
            return put(bytes, position, data);
        }

        @Override
        public byte[] tornBy(Random random, byte[] bytes) {
            byte[] found = bytes;
            for (int from = 0; from < data.length; from += SECTOR) {
                if (random.nextInt(3) > 0) {
                    byte[] sector = Arrays.copyOfRange(data, from, Math.min(data.length, from + SECTOR));
                    found = put(found, position + from, sector);
                }
            }
            return found;
        }

        private static byte[] put(byte[] into, int position, byte[] data) {
            byte[] result = Arrays.copyOf(into, Math.max(into.length, position + data.length));
            System.arraycopy(data, 0, result, position, data.length);
            return result;
        }
    }
}
