package io.millrace.cluster;

import java.util.AbstractCollection;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * An immutable sorted map: a change copies one path of a height-balanced tree and shares the rest, so that an image with
 * thousands of topics costs a few small objects per change. Safe to share between threads.
 */
final class SortedTree<K extends Comparable<K>, V> {
    private static final SortedTree<?, ?> EMPTY = new SortedTree<String, Object>(null, 0);

    private final @Nullable Node<K, V> root;
    private final int size;

    private SortedTree(@Nullable Node<K, V> root, int size) {
        this.root = root;
        this.size = size;
    }

    @SuppressWarnings("unchecked")
    static <K extends Comparable<K>, V> SortedTree<K, V> empty() {
        return (SortedTree<K, V>) EMPTY;
    }

    int size() {
        return size;
    }

    /** The longest path from the root to a leaf, in nodes. */
    int height() {
        return height(root);
    }

    @Nullable
    V get(K key) {
        Node<K, V> node = root;
        while (node != null) {
            int order = key.compareTo(node.key);
            if (order == 0) {
                return node.value;
            }
            node = order < 0 ? node.left : node.right;
        }
        return null;
    }

    SortedTree<K, V> with(K key, V value) {
        int grown = get(key) == null ? size + 1 : size;
        return new SortedTree<>(insert(root, key, value), grown);
    }

    SortedTree<K, V> without(K key) {
        return get(key) == null ? this : new SortedTree<>(remove(root, key), size - 1);
    }

    /** The values in the order of their keys. */
    Collection<V> values() {
        return new Values(null);
    }

    /** The values whose keys are not below {@code first}, in the order of their keys. */
    Iterable<V> valuesFrom(K first) {
        return new Values(first);
    }

    private static <K extends Comparable<K>, V> Node<K, V> insert(@Nullable Node<K, V> node, K key, V value) {
        if (node == null) {
            return new Node<>(key, value, null, null);
        }
        int order = key.compareTo(node.key);
        if (order == 0) {
            return new Node<>(key, value, node.left, node.right);
        }
        return order < 0
                ? balanced(node, insert(node.left, key, value), node.right)
                : balanced(node, node.left, insert(node.right, key, value));
    }

    private static <K extends Comparable<K>, V> @Nullable Node<K, V> remove(@Nullable Node<K, V> node, K key) {
        if (node == null) {
            return null;
        }
        int order = key.compareTo(node.key);
        if (order < 0) {
            return balanced(node, remove(node.left, key), node.right);
        }
        if (order > 0) {
            return balanced(node, node.left, remove(node.right, key));
        }
        if (node.left == null || node.right == null) {
            return node.left == null ? node.right : node.left;
        }
        Node<K, V> next = node.right;
        while (next.left != null) {
            next = next.left;
        }
        return balanced(next, node.left, remove(node.right, next.key));
    }

    /** {@code node}'s entry over the two subtrees, whose heights differ by at most two. */
    private static <K, V> Node<K, V> balanced(Node<K, V> node, @Nullable Node<K, V> left, @Nullable Node<K, V> right) {
        if (left != null && height(left) > height(right) + 1) {
            if (left.right != null && height(left.left) < height(left.right)) {
                Node<K, V> top = left.right;
                return join(top, join(left, left.left, top.left), join(node, top.right, right));
            }
            return join(left, left.left, join(node, left.right, right));
        }
        if (right != null && height(right) > height(left) + 1) {
            if (right.left != null && height(right.right) < height(right.left)) {
                Node<K, V> top = right.left;
                return join(top, join(node, left, top.left), join(right, top.right, right.right));
            }
            return join(right, join(node, left, right.left), right.right);
        }
        return join(node, left, right);
    }

    private static <K, V> Node<K, V> join(Node<K, V> entry, @Nullable Node<K, V> left, @Nullable Node<K, V> right) {
        return new Node<>(entry.key, entry.value, left, right);
    }

    private static int height(@Nullable Node<?, ?> node) {
        return node == null ? 0 : node.height;
    }

    private static final class Node<K, V> {
        final K key;
        final V value;
        final @Nullable Node<K, V> left;
        final @Nullable Node<K, V> right;
        final int height;

        Node(K key, V value, @Nullable Node<K, V> left, @Nullable Node<K, V> right) {
            this.key = key;
            this.value = value;
            this.left = left;
            this.right = right;
            this.height = Math.max(height(left), height(right)) + 1;
        }
    }

    private final class Values extends AbstractCollection<V> {
        private final @Nullable K first;

        Values(@Nullable K first) {
            this.first = first;
        }

        @Override
        public Iterator<V> iterator() {
            return new Walk<>(root, first);
        }

        @Override
        public int size() {
            return size;
        }
    }

    /** In-order walk; the stack holds the nodes that are still to be visited, the next one on top. */
    private static final class Walk<K extends Comparable<K>, V> implements Iterator<V> {
        private final Deque<Node<K, V>> ahead = new ArrayDeque<>();

        Walk(@Nullable Node<K, V> root, @Nullable K first) {
            Node<K, V> node = root;
            while (node != null) {
                if (first != null && node.key.compareTo(first) < 0) {
                    node = node.right;
                } else {
                    ahead.push(node);
                    node = node.left;
                }
            }
        }

        @Override
        public boolean hasNext() {
            return !ahead.isEmpty();
        }

        @Override
        public V next() {
            if (ahead.isEmpty()) {
                throw new NoSuchElementException();
            }
            Node<K, V> node = ahead.pop();
            for (Node<K, V> below = node.right; below != null; below = below.left) {
                ahead.push(below);
            }
            return node.value;
        }
    }
}
