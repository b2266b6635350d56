package io.millrace.cluster;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The dependency rules of the module. ARCHITECTURE.md gives the reasons. */
class ClusterDependencyTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.millrace.cluster");

    @Test
    void theModuleStandsOnVertxAlone() {
        classes()
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "io.millrace.cluster..", "java..", "io.vertx.core..", "org.slf4j..", "org.jspecify..")
                .check(CLASSES);
    }

    @Test
    void valuesAndInterfacesKnowNeitherTheLogNorTheDecisions() {
        classes()
                .that()
                .resideInAPackage("io.millrace.cluster")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage("io.millrace.cluster", "java..", "io.vertx.core", "org.jspecify..")
                .check(CLASSES);
    }

    @Test
    void decisionsArePure() {
        classes()
                .that()
                .resideInAPackage("..election..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage("io.millrace.cluster", "..election..", "java.lang..", "java.util", "org.jspecify..")
                .check(CLASSES);
    }

    @Test
    void decisionsTakeTimeThreadsAndRandomnessFromOutside() {
        for (String source : List.of(
                "java.lang.Thread.",
                "java.lang.System.nanoTime",
                "java.lang.System.currentTimeMillis",
                "java.lang.Math.random",
                "java.util.Random.<init>",
                "java.util.SplittableRandom.<init>",
                "java.util.UUID.randomUUID")) {
            noClasses()
                    .that()
                    .resideInAPackage("..election..")
                    .should()
                    .accessTargetWhere(DescribedPredicate.describe(
                            "the target is " + source,
                            access -> (access.getTargetOwner().getName() + "." + access.getName()).startsWith(source)))
                    .check(CLASSES);
        }
    }

    @Test
    void packagesFormNoCycle() {
        slices().matching("io.millrace.cluster.(**)").should().beFreeOfCycles().check(CLASSES);
    }
}
