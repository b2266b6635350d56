package io.millrace.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class SortedTreeTest {
    @Test
    void behavesLikeATreeMapThatIsCopiedOnEachChange() {
        Random random = new Random(11);
        TreeMap<Integer, Integer> model = new TreeMap<>();
        SortedTree<Integer, Integer> tree = SortedTree.empty();
        for (int step = 0; step < 20_000; step++) {
            int key = random.nextInt(300);
            SortedTree<Integer, Integer> before = tree;
            int sizeBefore = model.size();
            if (random.nextBoolean()) {
                tree = tree.with(key, step);
                model.put(key, step);
            } else {
                tree = tree.without(key);
                model.remove(key);
            }
            assertThat(before.values()).hasSize(sizeBefore);
            assertThat(tree.size()).isEqualTo(model.size());
            assertThat(tree.get(key)).isEqualTo(model.get(key));
            if (step % 50 == 0) {
                assertThat(tree.values()).containsExactlyElementsOf(model.values());
                int from = random.nextInt(300);
                assertThat(tree.valuesFrom(from))
                        .containsExactlyElementsOf(model.tailMap(from).values());
            }
        }
    }

    @Test
    void staysBalancedWhenKeysComeInOrder() {
        SortedTree<Integer, Integer> tree = SortedTree.empty();
        for (int key = 0; key < 1 << 16; key++) {
            tree = tree.with(key, key);
        }
        assertThat(tree.height()).isLessThanOrEqualTo(17);
        for (int key = 0; key < (1 << 16) - 100; key++) {
            tree = tree.without(key);
        }
        assertThat(tree.height()).isLessThanOrEqualTo(9);
    }
}
