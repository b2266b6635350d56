package io.millrace.generator;

import java.util.List;

/**
 * A structure: the message itself or one that is nested in it.
 *
 * @param versions those of the message in which the structure can appear
 */
record StructSchema(String name, String about, Versions versions, List<FieldSchema> fields) {

    /** The fields with a place of their own, in the order of the schema. */
    List<FieldSchema> untaggedFields() {
        return fields.stream().filter(field -> !field.isTagged()).toList();
    }

    /** The tagged fields, by ascending tag. */
    List<FieldSchema> taggedFields() {
        return fields.stream()
                .filter(FieldSchema::isTagged)
                .sorted((a, b) -> Integer.compare(tagOf(a), tagOf(b)))
                .toList();
    }

    private static int tagOf(FieldSchema field) {
        Integer tag = field.tag();
        return tag == null ? -1 : tag;
    }
}
