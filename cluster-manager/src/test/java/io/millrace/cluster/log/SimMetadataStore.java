package io.millrace.cluster.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * A directory on a disk that keeps its promises and no more: after a crash, each write that was not synced is there, is
 * torn or is gone, and of the changes to names that were not synced a prefix is left.
 */
final class SimMetadataStore implements MetadataStore {
    private static final int SECTOR = 512;

    private final Random random;
    private Map<String, SimFile> names = new TreeMap<>();
    private final List<Map<String, SimFile>> nameHistory = new ArrayList<>();
    private int failuresIn = Integer.MAX_VALUE;
    int syncs;

    SimMetadataStore(Random random) {
        this.random = random;
        nameHistory.add(Map.of());
    }

    /** The {@code count}-th write or sync from now on fails, and every one after it. */
    void failIn(int count) {
        failuresIn = count;
    }

    /** What a machine finds that starts after power was lost now. */
    void crash() {
        failuresIn = Integer.MAX_VALUE;
        names = new TreeMap<>(nameHistory.get(random.nextInt(nameHistory.size())));
        names.values().forEach(file -> file.crash(random));
        nameHistory.clear();
        nameHistory.add(Map.copyOf(names));
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
        SimFile file = names.get(name);
        if (file == null) {
            file = new SimFile();
            names.put(name, file);
            nameHistory.add(Map.copyOf(names));
        }
        byte[] all = new byte[bytes.remaining()];
        bytes.get(all);
        if (isFailing()) {
            file.write((int) position, Arrays.copyOf(all, random.nextInt(all.length + 1)));
            throw new IOException("no space left on the simulated disk");
        }
        file.write((int) position, all);
    }

    @Override
    public void truncate(String name, long size) {
        SimFile file = file(name);
        file.bytes = Arrays.copyOf(file.bytes, (int) size);
        file.unsynced.clear();
        file.durable = Arrays.copyOf(file.durable, Math.min(file.durable.length, (int) size));
    }

    @Override
    public void sync(String name) throws IOException {
        if (isFailing()) {
            throw new IOException("the simulated disk failed");
        }
        syncs++;
        SimFile file = file(name);
        file.durable = file.bytes.clone();
        file.unsynced.clear();
    }

    @Override
    public void rename(String from, String to) {
        names.put(to, file(from));
        names.remove(from);
        nameHistory.add(Map.copyOf(names));
    }

    @Override
    public void delete(String name) {
        file(name);
        names.remove(name);
        nameHistory.add(Map.copyOf(names));
    }

    @Override
    public void syncDirectory() throws IOException {
        if (isFailing()) {
            throw new IOException("the simulated disk failed");
        }
        nameHistory.clear();
        nameHistory.add(Map.copyOf(names));
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

    private SimFile file(String name) {
        SimFile file = names.get(name);
        if (file == null) {
            throw new AssertionError("no file " + name);
        }
        return file;
    }

    /** Bytes as a process sees them, as the disk has them, and the writes that are in between. */
    private static final class SimFile {
        byte[] bytes = new byte[0];
        byte[] durable = new byte[0];
        final List<Write> unsynced = new ArrayList<>();

        void write(int position, byte[] data) {
            bytes = put(bytes, position, data);
            unsynced.add(new Write(position, data));
        }

        void crash(Random random) {
            byte[] found = durable;
            for (Write write : unsynced) {
                for (int from = 0; from < write.data.length; from += SECTOR) {
                    int to = Math.min(write.data.length, from + SECTOR);
                    if (random.nextInt(3) > 0) {
                        found = put(found, write.position + from, Arrays.copyOfRange(write.data, from, to));
                    }
                }
            }
            bytes = found;
            durable = found.clone();
            unsynced.clear();
        }

        private static byte[] put(byte[] into, int position, byte[] data) {
            byte[] result = Arrays.copyOf(into, Math.max(into.length, position + data.length));
            System.arraycopy(data, 0, result, position, data.length);
            return result;
        }
    }

    private static final class Write {
        final int position;
        final byte[] data;

        Write(int position, byte[] data) {
            this.position = position;
            this.data = data;
        }
    }
}
