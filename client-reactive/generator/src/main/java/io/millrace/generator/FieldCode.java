package io.millrace.generator;

import io.millrace.generator.FieldType.Primitive;
import java.util.Set;

/**
 * The Java expressions for one field of a structure.
 *
 * @param flexible the expression that tells whether its lengths are compact
 * @param taggableVersions those in which the structure has tagged fields
 */
record FieldCode(FieldSchema field, String structName, String flexible, Versions taggableVersions) {

    /** Names that the generated methods use for themselves. */
    private static final Set<String> LOCALS = Set.of(
            "version",
            "in",
            "out",
            "flexible",
            "tag",
            "end",
            "left",
            "mark",
            "count",
            "unknown",
            "that",
            "other",
            "hash");

    /** The field where it is read or assigned. */
    String variable() {
        return LOCALS.contains(field.name()) ? "this." + field.name() : field.name();
    }

    /** Names the field in error messages. */
    String label() {
        return "\"" + structName + "." + field.name() + "\"";
    }

    String declaredType() {
        return (field.isNullable() ? "@Nullable " : "") + field.type().javaType();
    }

    String defaultValue() {
        if (field.isDefaultNull()) {
            return "null";
        }
        if (field.type() instanceof Primitive primitive) {
            return switch (primitive) {
                case BOOL -> String.valueOf(Boolean.parseBoolean(field.defaultText()));
                case INT8, INT16, UINT16, INT32 -> intDefault();
                case UINT32, INT64 -> longDefault();
                case FLOAT64 -> field.defaultText().isEmpty() ? "0.0" : field.defaultText();
                case UUID -> "Uuids.ZERO";
                case STRING -> "\"" + field.defaultText() + "\"";
                case BYTES -> "Unpooled.EMPTY_BUFFER";
                case RECORDS -> "null";
            };
        }
        return field.type() instanceof FieldType.Struct struct ? "new " + struct.name() + "()" : "new ArrayList<>()";
    }

    private String intDefault() {
        int value = field.defaultText().isEmpty() ? 0 : Integer.decode(field.defaultText());
        return value == Integer.MIN_VALUE
                ? "Integer.MIN_VALUE"
                : value == Integer.MAX_VALUE ? "Integer.MAX_VALUE" : String.valueOf(value);
    }

    private String longDefault() {
        long value = field.defaultText().isEmpty() ? 0 : Long.decode(field.defaultText());
        return value == Long.MAX_VALUE ? "Long.MAX_VALUE" : value + "L";
    }

    /** Whether the field differs from its default. */
    String isSet() {
        String name = variable();
        if (field.isDefaultNull()) {
            return name + " != null";
        }
        String orNull = field.isNullable() ? name + " == null || " : "";
        if (field.type() instanceof Primitive primitive) {
            return switch (primitive) {
                case BOOL -> defaultValue().equals("true") ? "!" + name : name;
                case UUID -> "!" + name + ".equals(Uuids.ZERO)";
                case STRING ->
                    field.defaultText().isEmpty()
                            ? orNull + "!" + name + ".isEmpty()"
                            : "!" + defaultValue() + ".equals(" + name + ")";
                case BYTES -> orNull + name + ".isReadable()";
                default -> name + " != " + defaultValue();
            };
        }
        return orNull
                + (field.type() instanceof FieldType.Struct ? "!" + name + ".isDefault()" : "!" + name + ".isEmpty()");
    }

    /** The expression that reads the field. */
    String read(boolean nullable) {
        String method = "in.read" + (nullable ? "Nullable" : "");
        if (field.type() instanceof Primitive primitive) {
            return primitive.hasLength()
                    ? method + primitive.methodSuffix() + "(" + label() + ", " + flexible + ")"
                    : "in.read" + primitive.methodSuffix() + "()";
        }
        if (field.type() instanceof FieldType.Struct struct) {
            return nullable
                    ? "in.readNullable" + tagged() + "(version, " + struct.name() + "::new)"
                    : "new " + struct.name() + "(in, version)";
        }
        FieldType element = ((FieldType.Array) field.type()).element();
        if (element == Primitive.STRING) {
            return method + "StringList(" + label() + ", " + flexible + ")";
        }
        String arguments = "List(" + label() + ", " + flexible + ", ";
        return element instanceof Primitive primitive
                ? method + arguments + "WireReader::read" + primitive.methodSuffix() + ")"
                : method + arguments + "version, " + element.javaType() + "::new)";
    }

    /** The statement that writes the field. */
    String write(boolean nullable) {
        String name = variable();
        String method = "out.write" + (nullable ? "Nullable" : "");
        String value = nullable ? name : label() + ", " + name;
        if (field.type() instanceof Primitive primitive) {
            // The length of a string is limited, whence it needs its label in any case.
            String labelled = primitive == Primitive.STRING ? label() + ", " + name : value;
            return primitive.hasLength()
                    ? method + primitive.methodSuffix() + "(" + labelled + ", " + flexible + ");"
                    : "out.write" + primitive.methodSuffix() + "(" + name + ");";
        }
        if (field.type() instanceof FieldType.Struct struct) {
            return nullable
                    ? "out.writeNullable" + tagged() + "(" + name + ", version, " + struct.name() + "::write);"
                    : name + ".write(out, version);";
        }
        FieldType element = ((FieldType.Array) field.type()).element();
        if (element == Primitive.STRING) {
            return method + "StringList(" + label() + ", " + name + ", " + flexible + ");";
        }
        String arguments = "List(" + value + ", " + flexible + ", ";
        return element instanceof Primitive primitive
                ? method + arguments + "WireWriter::write" + primitive.methodSuffix() + ");"
                : method + arguments + "version, " + element.javaType() + "::write);";
    }

    /** Whether there is a structure is said in another way where it is tagged. */
    private String tagged() {
        return field.isTagged() ? "Tagged" : "";
    }

    String isEqual() {
        String name = variable();
        if (field.type() == Primitive.FLOAT64) {
            return "Double.compare(" + name + ", that." + field.name() + ") == 0";
        }
        if (field.type() instanceof Primitive primitive && primitive.isValue()) {
            return name + " == that." + field.name();
        }
        return field.isNullable()
                ? "Objects.equals(" + name + ", that." + field.name() + ")"
                : name + ".equals(that." + field.name() + ")";
    }

    String hash() {
        String name = variable();
        if (field.type() instanceof Primitive primitive && primitive.isValue()) {
            return switch (primitive) {
                case INT8, INT16, UINT16, INT32 -> name;
                default -> primitive.elementType() + ".hashCode(" + name + ")";
            };
        }
        return field.isNullable() ? "Objects.hashCode(" + name + ")" : name + ".hashCode()";
    }
}
