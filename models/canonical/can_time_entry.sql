{# what the staging of a drop folder reads, which is written out here where rows are replaced #}
{%- do ref('currency') -%}
{{ canonical_entity('time_entry') }}
