import { type ReactNode, useEffect } from "react";
import { useTranslation } from "react-i18next";
import classes from "./page.module.css";

interface PageProps {
  title: string;
  lede?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
}

/** A page: headline, standfirst, actions. */
export function Page({ title, lede, actions, children }: PageProps) {
  const { t } = useTranslation();
  useEffect(() => {
    document.title = `${title} · ${t("shell.brand")}`;
  }, [title, t]);
  return (
    <article className={classes.page}>
      <header className={classes.head}>
        <div className={classes.headText}>
          <h1 className={classes.title}>{title}</h1>
          {lede && <p className={classes.lede}>{lede}</p>}
        </div>
        {actions && <div className={classes.actions}>{actions}</div>}
      </header>
      {children}
    </article>
  );
}

interface SectionProps {
  title: ReactNode;
  note?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
}

/** A part of a page under a rule, as in a newspaper. */
export function Section({ title, note, actions, children }: SectionProps) {
  return (
    <section className={classes.section}>
      <header className={classes.sectionHead}>
        <h2 className={classes.sectionTitle}>{title}</h2>
        {note && <span className={classes.note}>{note}</span>}
        {actions && <div className={classes.sectionActions}>{actions}</div>}
      </header>
      {children}
    </section>
  );
}

/** A wide column and a narrow one; below each other on small screens. */
export function Columns({ children }: { children: ReactNode }) {
  return <div className={classes.columns}>{children}</div>;
}
