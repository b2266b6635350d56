package io.millrace.broker.storage.sim;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The names in one simulated directory, now and on the disk, and the changes in between. After a crash either a prefix of
 * the changes is found, as on a journalled file system, or any subset, which is all that POSIX promises.
 */
final class SimDirectory implements SimNode {

    private final Map<String, SimNode> names = new TreeMap<>();
    private final Map<String, SimNode> durable = new TreeMap<>();
    private final List<Consumer<Map<String, SimNode>>> changes = new ArrayList<>();

    @Nullable
    SimNode get(String name) {
        return names.get(name);
    }

    List<String> list() {
        return List.copyOf(names.keySet());
    }

    void link(String name, SimNode node) {
        change(map -> map.put(name, node));
    }

    void unlink(String name) {
        change(map -> map.remove(name));
    }

    void rename(String from, String to) {
        SimNode node = names.get(from);
        change(map -> {
            map.remove(from);
            map.put(to, node);
        });
    }

    private void change(Consumer<Map<String, SimNode>> change) {
        change.accept(names);
        changes.add(change);
    }

    void sync() {
        durable.clear();
        durable.putAll(names);
        changes.clear();
    }

    @Override
    public boolean kill(SplittableRandom random) {
        boolean lost = false;
        for (SimNode node : names.values()) {
            lost |= node.kill(random);
        }
        return lost;
    }

    @Override
    public void crash(SplittableRandom random) {
        boolean prefix = random.nextBoolean();
        int kept = random.nextInt(changes.size() + 1);
        for (int i = 0; i < changes.size(); i++) {
            if (prefix ? i < kept : random.nextBoolean()) {
                changes.get(i).accept(durable);
            }
        }
        names.clear();
        names.putAll(durable);
        changes.clear();
        names.values().forEach(node -> node.crash(random));
    }
}
