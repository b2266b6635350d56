package io.millrace.wire;

/**
 * What a reader accepts before it allocates anything.
 *
 * @param arrayLengthMax elements of one array; Kafka 4.4 draws the line at 1,000,000
 * @param taggedFieldsMax tagged fields of one structure; Kafka 4.4 draws the line at 10,000
 * @param arrayCapacityMax elements that a list reserves on the word of a length prefix alone; beyond it the list grows
 *     with the elements that are really there
 * @param elementsMax elements of all arrays and tagged fields of one message together: an element may be two bytes on
 *     the wire and a hundred in memory, so that nested arrays, each within its limit, could fill the heap
 */
public record WireLimits(int arrayLengthMax, int taggedFieldsMax, int arrayCapacityMax, int elementsMax) {

    public static final WireLimits DEFAULT = new WireLimits(1_000_000, 10_000, 1_000, 1_000_000);
}
